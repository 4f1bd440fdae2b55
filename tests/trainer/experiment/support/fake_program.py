"""Stands for the trainer's program: `train` and `evaluate` leave what the runner looks for.

A file `fail-<word>` beside the base configuration makes every command fail whose arguments hold
the word.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path


def main() -> None:
    what, target, *rest = sys.argv[1:]
    print("threads", os.environ["OMP_NUM_THREADS"], "arguments", rest)
    folders = [Path(target), *Path(target).parents]
    experiment = next(path for path in folders if (path / "base.yaml").is_file())
    for path in experiment.glob("fail-*"):
        if path.name.removeprefix("fail-") in " ".join(sys.argv):
            sys.exit(f"told to fail by {path.name}")
    if what == "train":
        train(rest)
    else:
        evaluate(rest)


def train(arguments: list[str]) -> None:
    fields = dict(text.split("=", 1) for text in arguments if "=" in text)
    run = Path(json.loads(fields["output"]))
    if "--resume" not in arguments and run.exists() and any(run.iterdir()):
        sys.exit(f"{run} is not empty")
    (run / "model").mkdir(parents=True)


def evaluate(arguments: list[str]) -> None:
    options = dict(zip(arguments[::2], arguments[1::2], strict=False))
    path = Path(options["--output"]) / f"{options['--split']}.parquet"
    if path.exists() and "--overwrite" not in arguments:
        sys.exit(f"{path} is there")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


if __name__ == "__main__":
    main()

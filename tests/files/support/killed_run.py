"""Score files and die by SIGKILL at a step of the work: killed_run.py INPUT OUTPUT STEP [STEP…].

A step is a flush to disk, a renaming, a copy, a removal, or a batch that is taken in. Every STEP is
a life of its own, in a child process, that goes on with what the one before left at OUTPUT; with
"{step}" in its name every life has an output of its own. Prints one line a life: "STEP killed", or
"STEP finished" if the run has fewer steps than that.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from counting_scorer import CountingScorer  # type: ignore[import-not-found]

from reward_service.files import FileJob, Mode, score_file, staging

STEPS = (
    (os, "fsync"),
    (os, "unlink"),
    (os, "rmdir"),
    (Path, "replace"),
    (Path, "rename"),
    (Path, "unlink"),
    (Path, "mkdir"),
    (shutil, "copyfile"),
    (staging.Staging, "append"),
)


class Life:
    """Counts steps down, and ends with the last one."""

    def __init__(self, steps: int) -> None:
        self._left = steps

    def count(self, owner: Any, name: str) -> None:
        original: Callable[..., Any] = getattr(owner, name)

        def step(*arguments: Any, **named: Any) -> Any:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return original(*arguments, **named)

        setattr(owner, name, step)


def live(source: str, target: str, steps: int) -> bool:
    """Whether a run in a child process is killed before it is through."""
    child = os.fork()
    if child == 0:
        life = Life(steps)
        os.fsync = lambda _: None  # a kill leaves what was written; only a power cut does not
        for owner, name in STEPS:
            life.count(owner, name)
        job = FileJob((source,), target, mode=Mode.RESUME)
        score_file(job, partial(CountingScorer), lambda _: None)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        sys.exit(f"step {steps}: ended with {os.WEXITSTATUS(status)}")
    return os.WIFSIGNALED(status)


if __name__ == "__main__":
    staging.CHECKPOINT_ROWS = 40
    source, target, *steps = sys.argv[1:]
    for step in steps:
        killed = live(source, target.format(step=step), int(step))
        print(step, "killed" if killed else "finished", flush=True)

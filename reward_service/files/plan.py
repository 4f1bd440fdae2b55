"""What is to be scored, and where everything that a run writes stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from reward_service.files import storage
from reward_service.files.formats import STDIO
from reward_service.files.scoring import RowOptions

_BESIDE = (".bad.jsonl", ".meta.json")


class Mode(Enum):
    """What to do when there is an output, or a part of one, already."""

    NEW = "new"  # refuse
    RESUME = "resume"  # go on where the same run stopped
    OVERWRITE = "overwrite"  # start afresh


@dataclass(frozen=True)
class FileJob:
    """Which files to score, and how. "-" stands for standard input and output.

    `sources` are files, folders or globs. The two formats are written like the end of a file name
    ("csv", "jsonl.gz"); without them the names decide, and "-" is JSONL. `staging` is the folder
    where the rows collect when `target` stands in an object store (see `storage`).
    """

    sources: tuple[str, ...]
    target: str
    workers: int = 1
    options: RowOptions = field(default_factory=RowOptions)
    mode: Mode = Mode.NEW
    bad: Path | None = None  # the side file; OUTPUT.bad.jsonl by default
    input_format: str | None = None
    output_format: str | None = None
    staging: Path = Path()

    @property
    def local_target(self) -> Path:
        """The target, or what is sent there when it is complete."""
        if storage.is_remote(self.target):
            return self.staging / Path(storage.path_of(self.target)).name
        return Path(self.target)

    @property
    def bad_path(self) -> Path | None:
        """Where bad rows go; None: to standard error, because there is no file to stand beside."""
        if self.bad is not None or self.target == STDIO:
            return self.bad
        return self._beside(".bad.jsonl")

    @property
    def meta_path(self) -> Path:
        return self._beside(".meta.json")

    @property
    def partial_path(self) -> Path:
        return self._beside(".partial")

    @property
    def own_names(self) -> list[str]:
        """What this run writes: no input, though it may stand in an input's folder."""
        if self.target == STDIO:
            return []
        there = [self.target, *(storage.sibling(self.target, end) for end in _BESIDE)]
        here = [self.local_target, self.meta_path, self.partial_path, self.bad_path]
        return [*there, *(str(path) for path in here if path is not None)]

    def _beside(self, ending: str) -> Path:
        return self.local_target.with_name(self.local_target.name + ending)

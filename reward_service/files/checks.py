"""What is wrong with a job can be said before anything is scored."""

from __future__ import annotations

import os
from pathlib import Path

from reward_service.files import storage
from reward_service.files.errors import FileError
from reward_service.files.formats import STDIO, FileFormat, FileKind, detect_format
from reward_service.files.inputs import Inputs
from reward_service.files.plan import FileJob, Mode
from reward_service.files.records import FIXED_COLUMNS
from reward_service.files.scoring import Facts


def output_format(job: FileJob) -> FileFormat:
    """How the output is to be written. Raises FileError if that cannot be."""
    found = detect_format(job.target, job.output_format)
    if found.kind is FileKind.EVAL:
        raise FileError(f"{job.target}: .eval logs can be read, not written")
    return found


def check_paths(job: FileJob) -> None:
    """Raises FileError if the output cannot stand where it is to stand."""
    resume = job.mode is Mode.RESUME
    if STDIO in job.sources and resume:
        raise FileError("standard input cannot be resumed; put the rows into a file")
    if job.target == STDIO:
        if resume:
            raise FileError("standard output cannot be resumed; name an OUTPUT file")
        return
    if not job.local_target.parent.is_dir():
        raise FileError(f"{job.local_target.parent}: no such folder")
    if storage.is_folder(job.target):
        raise FileError(f"{job.target}: is a folder; name a file")
    if job.mode is Mode.NEW and job.partial_path.exists():
        raise FileError(
            f"{job.partial_path}: an earlier run was interrupted; --resume goes on with it, "
            "--overwrite starts afresh"
        )


def check_target_is_no_input(job: FileJob, inputs: Inputs) -> None:
    """Raises FileError if the output would replace what is being read."""
    names = [file.name for file in inputs.files if file.name != STDIO]
    here = [] if storage.is_remote(job.target) else [n for n in names if not storage.is_remote(n)]
    same_path = Path(job.target).exists() and any(os.path.samefile(n, job.target) for n in here)
    if job.target in names or same_path:
        raise FileError(f"{job.target}: is an input; name another output")


def check_columns(keep: tuple[str, ...], facts: Facts) -> None:
    """Raises FileError if a kept column has the name of one of the output's own."""
    own = {*FIXED_COLUMNS, *facts.numbers}
    taken = [name for name in keep if name in own]
    if taken:
        raise FileError(f"--keep {taken[0]}: the output has a column of its own with that name")

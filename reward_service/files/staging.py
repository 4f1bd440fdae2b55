"""The folder `OUTPUT.partial` in which a run collects its rows, so that a killed run can go on.

    job.json    what is being done: input, scorer, options. A run that differs may not go on here.
    rows.jsonl  output rows so far, in the input's order
    bad.jsonl   bad rows so far
    state.json  how much of the two counts, and up to which input row: replaced in one step
    lock        held while a process works here

A checkpoint flushes both files and then replaces state.json. What stands behind the lengths in
state.json was written after the last checkpoint; it is cut off and scored again on resume. So
nothing is lost and nothing stands twice, wherever the run was killed.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

import orjson

from reward_service.files.errors import FileError
from reward_service.files.scoring import BatchResult
from reward_service.files.totals import Totals

CHECKPOINT_ROWS = 256


@dataclass
class State:
    """How far the run is: the last input row done, and the lengths in bytes of the two files.

    `file` is the place of that row's file among the inputs, from 0.
    """

    file: int = 0
    last_row: int = 0
    rows_bytes: int = 0
    bad_bytes: int = 0
    totals: Totals = field(default_factory=Totals)


class Staging:
    """An open staging folder. Make one with `Staging.open`."""

    def __init__(self, folder: Path, state: State, rows: IO[bytes], bad: IO[bytes]) -> None:
        self.folder = folder
        self.state = state
        self._rows = rows
        self._bad = bad
        self._saved_rows = state.totals.rows

    @classmethod
    @contextmanager
    def open(cls, folder: Path, job: Mapping[str, Any]) -> Iterator[Staging]:
        """Open `folder` for `job`: anew if it is empty, else where the same job stopped.

        Raises FileError if another process works there, or if the job there is another one.
        """
        folder.mkdir(exist_ok=True)
        with (folder / "lock").open("wb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise FileError(f"{folder}: another process is at work on it") from error
            state = _load_state(folder, job)
            with (
                (folder / "rows.jsonl").open("ab") as rows,
                (folder / "bad.jsonl").open("ab") as bad,
            ):
                rows.truncate(state.rows_bytes)
                bad.truncate(state.bad_bytes)
                yield cls(folder, state, rows, bad)

    def append(self, result: BatchResult) -> None:
        """Add a batch's output; every `CHECKPOINT_ROWS` rows it is made safe."""
        self._rows.write(result.lines)
        self._bad.write(result.bad)
        state = self.state
        state.file, state.last_row = result.file, result.last_row
        state.rows_bytes += len(result.lines)
        state.bad_bytes += len(result.bad)
        state.totals.add(result.totals)
        if state.totals.rows - self._saved_rows >= CHECKPOINT_ROWS:
            self.checkpoint()

    def checkpoint(self) -> None:
        """Make everything appended so far survive a kill or a power cut."""
        for stream in (self._rows, self._bad):
            stream.flush()
            os.fsync(stream.fileno())
        write_json(self.folder / "state.json", asdict(self.state))
        self._saved_rows = self.state.totals.rows

    @property
    def rows_path(self) -> Path:
        return self.folder / "rows.jsonl"

    @property
    def bad_path(self) -> Path:
        return self.folder / "bad.jsonl"


def discard(folder: Path) -> None:
    """Remove a staging folder, if there is one.

    It is renamed first: a kill during the removal must not leave half a folder, which would have to
    be taken for a run that has hardly begun.
    """
    old = folder.with_name(f"{folder.name}.old")
    if old.exists():
        shutil.rmtree(old)
    if folder.exists():
        folder.rename(old)
        shutil.rmtree(old)


def write_json(path: Path, value: object) -> None:
    """Replace the file `path` in one step: a reader sees the old content or the new."""
    draft = path.with_name(path.name + ".new")
    with draft.open("wb") as stream:
        options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
        stream.write(orjson.dumps(value, option=options))
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)


def _load_state(folder: Path, job: Mapping[str, Any]) -> State:
    job_path, state_path = folder / "job.json", folder / "state.json"
    if not job_path.exists():
        write_json(job_path, job)
        return State()
    check_same_job(orjson.loads(job_path.read_bytes()), job, folder)
    if not state_path.exists():
        return State()
    data = orjson.loads(state_path.read_bytes())
    return State(**{**data, "totals": Totals(**data["totals"])})


def check_same_job(before: Mapping[str, Any], now: Mapping[str, Any], where: str | Path) -> None:
    """Raise FileError unless both jobs are the same; the message names what differs."""
    different = sorted(k for k in {*before, *now} if before.get(k) != now.get(k))
    if different:
        raise FileError(
            f"{where}: cannot resume, this run differs from the one before in: "
            f"{', '.join(different)}. Use --overwrite to start afresh."
        )

"""The inputs of a run: files, folders and globs become one list of files, read one after the other.

The order is that of the command line; what a folder or a glob stands for is sorted by path. A file
that is named twice is read once.
"""

from __future__ import annotations

import glob
import itertools
import shutil
import sys
import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import Any, NamedTuple

from reward_service.files import storage
from reward_service.files.errors import FileError
from reward_service.files.formats import STDIO, FileFormat, FileKind, detect_format, has_known_name
from reward_service.files.rows import Position, Row, open_rows

# Files in a folder that are no rows: this program's own side files, and what evaluation harnesses
# and data set libraries put beside theirs. Named one by one, or by a glob, they are read.
_NO_ROWS = (
    "*.bad.jsonl",
    "*.meta.json",
    "results_*.json",
    "dataset_info.json",
    "dataset_dict.json",
    "state.json",
    "logs.json",
)
_STAGING = (".partial", ".partial.old")
_GLOB = frozenset("*?[")
_STREAMED = (FileKind.JSONL, FileKind.CSV, FileKind.TSV)


class InputFile(NamedTuple):
    """One file to read, and how."""

    name: str
    file_format: FileFormat


class Inputs:
    """The rows of all input files, in order."""

    def __init__(self, files: Sequence[InputFile], columns: Collection[str] = ()) -> None:
        self.files = tuple(files)
        self.columns = columns
        self._sizes = [0 if f.name == STDIO else storage.size(f.name) for f in files]
        self._before = [0, *itertools.accumulate(self._sizes)]
        self._position = Position(0, self._before[-1] or None)

    @property
    def position(self) -> Position:
        """Bytes read, of all files' bytes."""
        return self._position

    def batches(self, file: int = 0, after: int = 0) -> Iterator[list[Row]]:
        """Batches of the rows behind row `after` of file `file`; none goes over a file's end."""
        for number in range(file, len(self.files)):
            before = after if number == file else 0
            for batch, share in batches_of(self.files[number], number, self.columns, before):
                self._position = self.position_at(number, share)
                yield batch

    def position_at(self, file: int, share: float) -> Position:
        """The position when that share of file `file` has been read, and all before it."""
        done_here = round(share * self._sizes[file])
        return Position(self._before[file] + done_here, self._position.total)

    def identity(self) -> list[dict[str, Any]] | None:
        """Size and SHA-256 of every file; None for standard input."""
        if any(file.name == STDIO for file in self.files):
            return None
        return [storage.identity(file.name) for file in self.files]


def batches_of(
    file: InputFile, number: int, columns: Collection[str], after: int
) -> Iterator[tuple[list[Row], float]]:
    """Batches of one file, the run's `number`th, behind row `after`; and the share of it read."""
    with _on_disk(file) as name:
        rows = open_rows(name, columns, file.file_format)
        for batch in rows.batches(after):
            done, total = rows.position
            yield [row._replace(file=number) for row in batch], done / total if total else 0.0


def find_inputs(
    sources: Sequence[str], forced_format: str | None = None, not_these: Collection[str] = ()
) -> list[InputFile]:
    """The files that `sources` stand for: files, folders (with all below them), globs, or "-".

    Of a folder only files count whose names say what they are, without hidden ones and `not_these`.
    `forced_format` holds for every file. Raises FileError if there is nothing to read.
    """
    if STDIO in sources and len(sources) > 1:
        raise FileError("standard input (-) cannot be read together with other inputs")
    excluded = {_place(name) for name in not_these}
    names: dict[str | Path, str] = {}
    for source in sources:
        for name in _names(source, excluded, forced_format):
            names.setdefault(_place(name), name)
    return [InputFile(name, detect_format(name, forced_format)) for name in names.values()]


def is_one_file(sources: Sequence[str]) -> bool:
    """Whether rows need not say which file they come from."""
    return len(sources) == 1 and (sources[0] == STDIO or storage.is_file(sources[0]))


def _names(source: str, excluded: Collection[str | Path], forced_format: str | None) -> list[str]:
    if source == STDIO or storage.is_file(source):
        return [source]
    if storage.is_folder(source):
        inner = [n for n in storage.below(source) if _is_wanted(PurePath(n), forced_format)]
        found = [storage.inside(source, name) for name in inner]
        found = [name for name in found if _place(name) not in excluded]
        if not found:
            raise FileError(f"{source}: a folder without files of a known type")
    elif storage.is_remote(source):
        raise FileError(f"{source}: nothing has this name; globs are for paths, name the folder")
    elif _GLOB & set(source):
        found = [name for name in glob.glob(source, recursive=True) if Path(name).is_file()]
        if not found:
            raise FileError(f"{source}: no file has such a name")
    else:
        raise FileError(f"{source}: no such file or folder")
    return sorted(found)


def _place(name: str) -> str | Path:
    """What two names of one file have in common."""
    return name if storage.is_remote(name) else Path(name).resolve()


def _is_wanted(inner: PurePath, forced_format: str | None) -> bool:
    if any(part.startswith((".", "_")) or part.endswith(_STAGING) for part in inner.parts):
        return False
    if any(inner.match(pattern) for pattern in _NO_ROWS):
        return False
    return forced_format is not None or has_known_name(inner.name)


@contextmanager
def _on_disk(file: InputFile) -> Iterator[str]:
    """The file's name; standard input of a kind that is not read in one go becomes a file first."""
    if file.name != STDIO or file.file_format.kind in _STREAMED:
        yield file.name
        return
    with tempfile.NamedTemporaryFile(prefix="stdin-") as spool:
        shutil.copyfileobj(sys.stdin.buffer, spool, 1 << 20)
        spool.flush()
        yield spool.name

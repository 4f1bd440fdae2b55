"""What all readers share: rows, batches, positions, and opening a file or standard input.

Batches depend on the input alone, never on the number of workers: that keeps outputs and totals
equal for any of them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, NamedTuple, Protocol

from reward_service.files.formats import STDIO
from reward_service.files.storage import open_binary, size

BATCH_ROWS = 32
BATCH_BYTES = 1 << 18
MAX_LINE_BYTES = 1 << 26
BOM = b"\xef\xbb\xbf"


class Unreadable(NamedTuple):
    """Stands in place of a row that cannot even be taken apart."""

    reason: str


TOO_LONG = Unreadable(f"the row is longer than {MAX_LINE_BYTES >> 20} MiB")


class Row(NamedTuple):
    """One input row, not yet checked.

    `number` counts from 1 within its file: the line of a JSONL file, the record of a table (without
    the header), the element of a JSON array, the sample of a log. `data` is JSON text, or the row
    as a dictionary. `file` is the file's place among the run's inputs, from 0.
    """

    number: int
    data: bytes | dict[str, Any] | Unreadable
    file: int = 0


class Position(NamedTuple):
    """How far reading is, in bytes, rows or parts; `total` is None where it is not known."""

    done: int
    total: int | None


class Reader(Protocol):
    """Rows of one file."""

    @property
    def position(self) -> Position: ...

    def batches(self, after: int = 0) -> Iterator[list[Row]]:
        """Batches of the rows behind row number `after`. Raises FileError if reading fails."""
        ...


def in_batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Batches of at most `BATCH_ROWS` rows that end at `BATCH_BYTES` of JSON text."""
    batch: list[Row] = []
    size = 0
    for row in rows:
        batch.append(row)
        size += len(row.data) if isinstance(row.data, bytes) else 0
        if len(batch) >= BATCH_ROWS or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


class RawFile:
    """The bytes of a file or of standard input, and how many of them were taken."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._total = None if name == STDIO else size(name)
        self._raw: BinaryIO | None = None
        self._done = 0

    @property
    def position(self) -> Position:
        # A decompressor that has reached its end closes what it reads from.
        if self._raw is not None and not self._raw.closed:
            self._done = self._raw.tell()
        return Position(self._done, self._total)

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """The bytes in reading order."""
        if self.name == STDIO:
            yield sys.stdin.buffer
            return
        with open_binary(self.name) as raw:
            self._raw = raw
            try:
                yield raw
            finally:
                self._done = self.position.done
                self._raw = None

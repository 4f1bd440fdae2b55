"""JSON lines, plain or compressed. Blank lines are skipped, but counted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from reward_service.files.errors import FileError
from reward_service.files.formats import DECOMPRESSION_ERRORS, Compression, decompressed
from reward_service.files.readers.base import (
    BOM,
    MAX_LINE_BYTES,
    TOO_LONG,
    Position,
    RawFile,
    Row,
    Unreadable,
    in_batches,
)


class JsonLines:
    """Rows of a JSONL file or of standard input."""

    def __init__(self, name: str, compression: Compression) -> None:
        self.name = name
        self._compression = compression
        self._file = RawFile(name)

    @property
    def position(self) -> Position:
        return self._file.position

    def batches(self, after: int = 0) -> Iterator[list[Row]]:
        number = after
        with self._file.opened() as raw:
            try:
                for batch in in_batches(_rows(decompressed(raw, self._compression), after)):
                    number = batch[-1].number
                    yield batch
            except DECOMPRESSION_ERRORS as error:
                message = f"{self.name}: damaged or cut off behind line {number}: {error}"
                raise FileError(message) from error


def _rows(stream: BinaryIO, after: int) -> Iterator[Row]:
    number = 0
    while line := stream.readline(MAX_LINE_BYTES):
        number += 1
        data: bytes | Unreadable = line
        while len(line) == MAX_LINE_BYTES and not line.endswith(b"\n"):
            data = TOO_LONG
            line = stream.readline(MAX_LINE_BYTES)
        if number == 1 and isinstance(data, bytes):
            data = data.removeprefix(BOM)
        if number > after and (isinstance(data, Unreadable) or data.strip()):
            yield Row(number, data)

"""CSV and TSV with a header line (RFC 4180: quotes are doubled, a quoted cell may hold lines).

An empty cell is null: text tables have no other way to say so.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from reward_service.files.errors import FileError
from reward_service.files.formats import DECOMPRESSION_ERRORS, Compression, decompressed
from reward_service.files.readers.base import (
    MAX_LINE_BYTES,
    Position,
    RawFile,
    Row,
    Unreadable,
    in_batches,
)


class TextTable:
    """Rows of a CSV or TSV file, or of standard input."""

    def __init__(self, name: str, compression: Compression, delimiter: str) -> None:
        self.name = name
        self._compression = compression
        self._delimiter = delimiter
        self._file = RawFile(name)

    @property
    def position(self) -> Position:
        return self._file.position

    def batches(self, after: int = 0) -> Iterator[list[Row]]:
        number = after
        csv.field_size_limit(MAX_LINE_BYTES)
        with self._file.opened() as raw:
            try:
                # A byte that is not UTF-8 must cost its row, not the run.
                text = io.TextIOWrapper(
                    decompressed(raw, self._compression),
                    encoding="utf-8-sig",
                    errors="surrogateescape",
                    newline="",
                )
                records = csv.reader(text, delimiter=self._delimiter, strict=True)
                for batch in in_batches(_rows(records, self._header(records), after)):
                    number = batch[-1].number
                    yield batch
                text.detach()  # or the file would be closed twice
            except DECOMPRESSION_ERRORS as error:
                message = f"{self.name}: damaged or cut off behind row {number}: {error}"
                raise FileError(message) from error

    def _header(self, records: Iterator[list[str]]) -> list[str]:
        try:
            header = [name.strip() for name in next(records, [])]
        except csv.Error as error:
            raise FileError(f"{self.name}: the header line cannot be read: {error}") from error
        if header and (not all(header) or len(set(header)) < len(header)):
            raise FileError(f"{self.name}: the header line has an empty name or one name twice")
        return header


def _rows(records: Iterator[list[str]], header: list[str], after: int) -> Iterator[Row]:
    number = 0
    while True:
        data: dict[str, Any] | Unreadable
        try:
            cells = next(records)
        except StopIteration:
            return
        except csv.Error as error:
            data = Unreadable(f"not a row of the table: {error}")
        else:
            if not cells:
                continue
            data = _row(header, cells)
        number += 1
        if number > after:
            yield Row(number, data)


def _row(header: list[str], cells: list[str]) -> dict[str, Any] | Unreadable:
    if len(cells) != len(header):
        return Unreadable(f"expected {len(header)} cells as in the header, got {len(cells)}")
    try:
        "".join(cells).encode()
    except UnicodeEncodeError:
        return Unreadable("not UTF-8 text")
    return {name: cell or None for name, cell in zip(header, cells, strict=True)}

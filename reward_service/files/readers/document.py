"""JSON documents: an array of rows, an object that holds one, or objects one after the other.

A `.json` file whose first line is a whole object, with more lines behind it, is read as JSON lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import BinaryIO, NamedTuple

import orjson

from reward_service.files.errors import FileError
from reward_service.files.formats import (
    DECOMPRESSION_ERRORS,
    Compression,
    decompressed,
)
from reward_service.files.readers.base import (
    BOM,
    MAX_LINE_BYTES,
    TOO_LONG,
    Position,
    RawFile,
    Row,
    in_batches,
)
from reward_service.files.readers.lines import JsonLines
from reward_service.files.readers.scanner import MalformedJson, Scanner

# Where an object may hold its rows; the first of these that holds any is taken.
ROW_KEYS = ("samples", "rows", "items", "data", "instances", "examples", "records", "results")
_ROW_FIELDS = frozenset({"completions", "completion", "response", "output", "resps"})


class _Layout(Enum):
    ARRAY = "an array of rows"
    MEMBER = "an object that holds an array of rows"
    OBJECTS = "one row, or rows one after the other"


class _Place(NamedTuple):
    layout: _Layout
    key: str = ""


class JsonDocument:
    """Rows of a JSON document."""

    def __init__(self, name: str, compression: Compression) -> None:
        self.name = name
        self._compression = compression
        self._file = RawFile(name)

    @property
    def position(self) -> Position:
        return self._file.position

    def batches(self, after: int = 0) -> Iterator[list[Row]]:
        number = after
        try:
            place = self._find_rows()
            with self._stream() as stream:
                for batch in in_batches(_rows(Scanner(stream, MAX_LINE_BYTES), place, after)):
                    number = batch[-1].number
                    yield batch
        except (MalformedJson, *DECOMPRESSION_ERRORS) as error:
            where = f"behind row {number}" if number else "before the first row"
            raise FileError(f"{self.name}: damaged or cut off {where}: {error}") from error

    def _find_rows(self) -> _Place:
        with self._stream() as stream:
            scan = Scanner(stream, MAX_LINE_BYTES)
            first = scan.peek()
            if first == b"[":
                return _Place(_Layout.ARRAY)
            if first != b"{":
                raise MalformedJson("expected an array or an object")
            keys: set[str] = set()
            holders = []
            for key in scan.members():
                keys.add(key)
                if scan.peek() == b"[":
                    # Rows are objects; a list of texts or of message lists is no table.
                    first_element = None
                    for element in scan.elements():
                        first_element = first_element or (element or b"{")[:1]
                    if first_element == b"{":
                        holders.append(key)
                else:
                    scan.value(keep=False)
            if scan.peek() or keys & _ROW_FIELDS:
                return _Place(_Layout.OBJECTS)
        for key in (*ROW_KEYS, *holders[: len(holders) == 1]):
            if key in holders:
                return _Place(_Layout.MEMBER, key)
        names = "', '".join(ROW_KEYS)
        raise FileError(
            f"{self.name}: holds no rows; expected an array of objects, an object with such an "
            f"array under '{names}', or one object with a completion"
        )

    @contextmanager
    def _stream(self) -> Iterator[BinaryIO]:
        with self._file.opened() as raw:
            yield decompressed(raw, self._compression)


def open_json(name: str, compression: Compression) -> JsonDocument | JsonLines:
    """The rows of a `.json` file, which may be JSON lines under another name."""
    if _is_json_lines(name, compression):
        return JsonLines(name, compression)
    return JsonDocument(name, compression)


def _is_json_lines(name: str, compression: Compression) -> bool:
    try:
        with RawFile(name).opened() as raw:
            stream = decompressed(raw, compression)
            line = stream.readline(MAX_LINE_BYTES)
            more = any(rest.strip() for rest in iter(lambda: stream.readline(1 << 16), b""))
    except DECOMPRESSION_ERRORS as error:
        raise FileError(f"{name}: damaged or cut off: {error}") from error
    try:
        return more and isinstance(orjson.loads(line.removeprefix(BOM)), dict)
    except orjson.JSONDecodeError:
        return False


def _rows(scan: Scanner, place: _Place, after: int) -> Iterator[Row]:
    for number, data in enumerate(_values(scan, place, after), after + 1):
        yield Row(number, TOO_LONG if data is None else data)


def _values(scan: Scanner, place: _Place, after: int) -> Iterator[bytes | None]:
    if place.layout is _Layout.ARRAY:
        yield from scan.elements(after)
    elif place.layout is _Layout.MEMBER:
        for key in scan.members():
            if key == place.key:
                yield from scan.elements(after)
                return
            scan.value(keep=False)
    else:
        number = 0
        while scan.peek():
            number += 1
            value = scan.value(keep=number > after)
            if number > after:
                yield value

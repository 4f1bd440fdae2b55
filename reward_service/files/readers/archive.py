"""inspect_ai's `.eval` logs: a ZIP archive with one JSON file per sample under `samples/`.

Newer versions compress the members with Zstandard (ZIP method 93), which Python's own reader does
not know before 3.14; pyarrow does.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa

from reward_service.files.errors import FileError
from reward_service.files.formats import DECOMPRESSION_ERRORS
from reward_service.files.readers.base import (
    MAX_LINE_BYTES,
    TOO_LONG,
    Position,
    Row,
    in_batches,
)
from reward_service.files.storage import open_binary

_SAMPLES = "samples/"
_METHOD_ZSTANDARD = 93
_LOCAL_HEADER = struct.Struct("<26xHH")  # lengths of the name and of the extra field


class EvalArchive:
    """Samples of a `.eval` log, in the archive's order."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._position = Position(0, None)

    @property
    def position(self) -> Position:
        return self._position

    def batches(self, after: int = 0) -> Iterator[list[Row]]:
        number = after
        try:
            with open_binary(self.name) as stream, zipfile.ZipFile(stream) as archive:
                members = _samples(archive)
                if not members:
                    raise FileError(f"{self.name}: holds no samples; expected an inspect_ai log")
                for batch in in_batches(_rows(stream, archive, members, after)):
                    number = batch[-1].number
                    self._position = Position(number, len(members))
                    yield batch
        except (zipfile.BadZipFile, NotImplementedError, *DECOMPRESSION_ERRORS) as error:
            message = f"{self.name}: no inspect_ai log, or damaged behind sample {number}: {error}"
            raise FileError(message) from error


def _samples(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    # A member that was written twice counts once, with its last content.
    members = {info.filename: info for info in archive.infolist()}
    return [
        info
        for name, info in members.items()
        if name.startswith(_SAMPLES) and name.endswith(".json")
    ]


def _rows(
    stream: BinaryIO, archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], after: int
) -> Iterator[Row]:
    for number, info in enumerate(members[after:], after + 1):
        if info.file_size > MAX_LINE_BYTES:
            yield Row(number, TOO_LONG)
        elif info.compress_type == _METHOD_ZSTANDARD:
            yield Row(number, _zstandard(stream, info))
        else:
            yield Row(number, archive.read(info))


def _zstandard(stream: BinaryIO, info: zipfile.ZipInfo) -> bytes:
    stream.seek(info.header_offset)
    name_length, extra_length = _LOCAL_HEADER.unpack(stream.read(_LOCAL_HEADER.size))
    stream.seek(name_length + extra_length, 1)
    packed = pa.BufferReader(stream.read(info.compress_size))
    return bytes(pa.CompressedInputStream(packed, "zstd").read())

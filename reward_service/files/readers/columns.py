"""Parquet and Arrow IPC: rows out of columns, of which only the wanted ones are read."""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, cast

import pyarrow as pa
import pyarrow.parquet as pq

from reward_service.files.errors import FileError
from reward_service.files.formats import DECOMPRESSION_ERRORS, Compression, decompressed
from reward_service.files.readers.base import BATCH_ROWS, Position, Row
from reward_service.files.storage import arrow_source, open_binary

_IPC_FILE, _FEATHER_1 = b"ARROW1", b"FEA1"


class _Columns:
    """Which columns to read. The names of the others are kept, so that a misspelt one is found."""

    def __init__(self, names: list[str], wanted: Collection[str]) -> None:
        self.read = [name for name in names if name in wanted]
        self._others = {name: None for name in names if name not in wanted}

    def rows(self, table: Any, number: int) -> list[Row]:
        """The rows of a record batch whose first one is `number`."""
        return [
            Row(number + i, {**self._others, **data}) for i, data in enumerate(table.to_pylist())
        ]


class ParquetRows:
    """Rows of a Parquet file, read page by page: a huge row group is never held whole."""

    def __init__(self, name: str, wanted: Collection[str]) -> None:
        self.name = name
        try:
            self._file = pq.ParquetFile(arrow_source(name), buffer_size=1 << 20, pre_buffer=False)
        except pa.ArrowException as error:
            raise FileError(f"{name}: not a Parquet file: {error}") from error
        self._columns = _Columns(self._file.schema_arrow.names, wanted)
        self._done = 0

    @property
    def position(self) -> Position:
        return Position(self._done, self._file.metadata.num_rows)

    def batches(self, after: int = 0) -> Iterator[list[Row]]:
        groups, number = self._groups_behind(after)
        try:
            for table in self._file.iter_batches(
                batch_size=BATCH_ROWS, row_groups=groups, columns=self._columns.read
            ):
                batch = [r for r in self._columns.rows(table, number + 1) if r.number > after]
                number += table.num_rows
                self._done = number
                if batch:
                    yield batch
        except (OSError, pa.ArrowException) as error:
            raise FileError(f"{self.name}: damaged behind row {number}: {error}") from error

    def _groups_behind(self, after: int) -> tuple[list[int], int]:
        """The row groups that hold rows behind `after`, and how many rows lie before them."""
        before = 0
        for group in range(self._file.num_row_groups):
            rows = self._file.metadata.row_group(group).num_rows
            if before + rows > after:
                return list(range(group, self._file.num_row_groups)), before
            before += rows
        return [], before


class ArrowRows:
    """Rows of an Arrow IPC file (Feather) or stream. One record batch is held at a time."""

    def __init__(self, name: str, compression: Compression, wanted: Collection[str]) -> None:
        self.name = name
        self._compression = compression
        self._wanted = wanted
        self._position = Position(0, None)

    @property
    def position(self) -> Position:
        return self._position

    def batches(self, after: int = 0) -> Iterator[list[Row]]:
        number = 0
        try:
            with _plain(self.name, self._compression) as stream:
                size = stream.seek(0, io.SEEK_END)
                names, tables = _open_ipc(self.name, stream)
                columns = _Columns(names, self._wanted)
                for table in tables:
                    narrow = table.select(columns.read)
                    for start in range(max(0, after - number), table.num_rows, BATCH_ROWS):
                        self._position = Position(stream.tell(), size)
                        yield columns.rows(narrow.slice(start, BATCH_ROWS), number + start + 1)
                    number += table.num_rows
        except DECOMPRESSION_ERRORS as error:
            message = f"{self.name}: no Arrow data, or damaged behind row {number}: {error}"
            raise FileError(message) from error


@contextmanager
def _plain(name: str, compression: Compression) -> Iterator[BinaryIO]:
    """Arrow's file format is read from its end: a compressed one is unpacked to disk first."""
    with open_binary(name) as raw:
        if compression is Compression.NONE:
            yield raw
            return
        with tempfile.TemporaryFile() as plain:
            shutil.copyfileobj(decompressed(raw, compression), plain, 1 << 20)
            yield cast(BinaryIO, plain)


def _open_ipc(name: str, stream: BinaryIO) -> tuple[list[str], Iterator[Any]]:
    stream.seek(0)
    magic = stream.read(len(_IPC_FILE))
    stream.seek(0)
    if magic.startswith(_FEATHER_1):
        raise FileError(f"{name}: Feather version 1 is too old; write it anew as version 2")
    if magic == _IPC_FILE:
        file = pa.ipc.open_file(stream)
        return file.schema.names, map(file.get_batch, range(file.num_record_batches))
    reader = pa.ipc.open_stream(stream)
    return reader.schema.names, iter(reader)

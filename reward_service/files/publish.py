"""From staged rows to the finished output file, in one pass, put in place in one step."""

from __future__ import annotations

import csv
import io
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from reward_service.files.formats import FileFormat, FileKind, writing

# A row group ends at whichever comes first.
GROUP_ROWS = 10_000
GROUP_BYTES = 1 << 25


def publish(rows: Path, target: Path, file_format: FileFormat, schema: pa.Schema) -> None:
    """Write the staged JSON lines in `rows` as `target`. Equal rows give equal bytes."""
    draft = rows.with_name("output.new")
    if file_format.kind is FileKind.PARQUET:
        _write_parquet(rows, draft, schema)
    else:
        with rows.open("rb") as source, writing(draft, file_format.compression) as sink:
            _write_stream(source, sink, file_format.kind, schema)
    with draft.open("rb") as done:
        os.fsync(done.fileno())
    draft.replace(target)


def _write_stream(source: BinaryIO, sink: BinaryIO, kind: FileKind, schema: pa.Schema) -> None:
    if kind is FileKind.JSONL:
        shutil.copyfileobj(source, sink, 1 << 20)
    elif kind is FileKind.JSON:
        _write_json(source, sink)
    elif kind is FileKind.ARROW:
        options = pa.ipc.IpcWriteOptions(compression="zstd")
        with pa.ipc.new_file(sink, schema, options=options) as writer:
            for table in _tables(source, schema):
                writer.write_table(table)
    else:
        _write_text_table(source, sink, schema, "," if kind is FileKind.CSV else "\t")


def _write_parquet(rows: Path, draft: Path, schema: pa.Schema) -> None:
    with rows.open("rb") as source, pq.ParquetWriter(draft, schema, compression="zstd") as writer:
        for table in _tables(source, schema):
            writer.write_table(table)


def _write_json(source: BinaryIO, sink: BinaryIO) -> None:
    """An array with a row a line."""
    sink.write(b"[")
    for number, line in enumerate(source):
        sink.write((b",\n" if number else b"\n") + line.rstrip(b"\n"))
    sink.write(b"\n]\n")


def _write_text_table(source: BinaryIO, sink: BinaryIO, schema: pa.Schema, delimiter: str) -> None:
    """CSV or TSV: null is an empty cell, whatever is no text or number is JSON."""
    text = io.TextIOWrapper(sink, "utf-8", newline="", write_through=True)
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow(schema.names)
    for line in source:
        record = orjson.loads(line)
        writer.writerow([_cell(record.get(name)) for name in schema.names])
    text.flush()
    text.detach()


def _cell(value: Any) -> Any:
    return _as_text(value) if isinstance(value, bool | dict | list) else value


def _tables(source: BinaryIO, schema: pa.Schema) -> Iterator[pa.Table]:
    texts = {field.name for field in schema if field.type == pa.string()} - {"id", "file"}
    for group in _groups(source):
        for record in group:
            for name in texts:
                value = record.get(name)
                if value is not None and not isinstance(value, str):
                    record[name] = _as_text(value)
        yield pa.Table.from_pylist(group, schema=schema)


def _as_text(value: Any) -> str:
    return orjson.dumps(value).decode()


def _groups(lines: BinaryIO) -> Iterator[list[dict[str, Any]]]:
    group: list[dict[str, Any]] = []
    size = 0
    for line in lines:
        group.append(orjson.loads(line))
        size += len(line)
        if len(group) >= GROUP_ROWS or size >= GROUP_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group

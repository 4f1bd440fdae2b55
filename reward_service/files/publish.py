"""From staged rows to the finished output file, in one pass, put in place in one step."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from reward_service.files.formats import FileFormat, FileKind, writing
from reward_service.files.scoring import Facts

# A row group ends at whichever comes first.
GROUP_ROWS = 10_000
GROUP_BYTES = 1 << 25
METADATA_KEY = b"clinical_reward"
_ARROW_TYPES = {
    ("boolean",): pa.bool_(),
    ("integer",): pa.int64(),
    ("number",): pa.float64(),
    ("integer", "number"): pa.float64(),
}


def publish(rows: Path, target: Path, file_format: FileFormat, schema: pa.Schema) -> None:
    """Write the staged JSON lines in `rows` as `target`. Equal rows give equal bytes."""
    draft = rows.with_name("output.new")
    if file_format.kind is FileKind.PARQUET:
        _write_parquet(rows, draft, schema)
    else:
        with rows.open("rb") as source, writing(draft, file_format.compression) as sink:
            shutil.copyfileobj(source, sink, 1 << 20)
    with draft.open("rb") as done:
        os.fsync(done.fileno())
    draft.replace(target)


def output_schema(
    facts: Facts, kept: Mapping[str, list[str]], keep: tuple[str, ...], explain: bool, job: object
) -> pa.Schema:
    """The columns of a Parquet output.

    A kept column is a number or a truth value if all its values are; otherwise it is a string, and
    values that are not strings stand in it as JSON.
    """
    fields = [
        pa.field("row", pa.int64()),
        pa.field("id", pa.string()),
        pa.field("completion_index", pa.int32()),
        *(
            pa.field(name, _ARROW_TYPES.get(tuple(kept.get(name, ())), pa.string()))
            for name in keep
        ),
        *(pa.field(name, pa.float64()) for name in facts.numbers),
        pa.field("abstentions", pa.struct([(name, pa.string()) for name in facts.objectives])),
    ]
    if explain:
        fields.append(pa.field("explanation", pa.string()))
    return pa.schema(fields, metadata={METADATA_KEY: orjson.dumps(job)})


def _write_parquet(rows: Path, draft: Path, schema: pa.Schema) -> None:
    texts = {field.name for field in schema if field.type == pa.string()} - {"id"}
    with pq.ParquetWriter(draft, schema, compression="zstd") as writer:
        for group in _groups(rows):
            for record in group:
                for name in texts:
                    value = record.get(name)
                    if value is not None and not isinstance(value, str):
                        record[name] = orjson.dumps(value).decode()
            writer.write_table(pa.Table.from_pylist(group, schema=schema))


def _groups(rows: Path) -> Iterator[list[dict[str, Any]]]:
    group: list[dict[str, Any]] = []
    size = 0
    with rows.open("rb") as lines:
        for line in lines:
            group.append(orjson.loads(line))
            size += len(line)
            if len(group) >= GROUP_ROWS or size >= GROUP_BYTES:
                yield group
                group, size = [], 0
    if group:
        yield group

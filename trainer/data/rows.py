"""Rows: what training and evaluation read, in JSONL or Parquet.

A row has at least `prompt` (text or chat messages) and `item`, the JSON text of the service's item
without completions. It is text because tables give every row of a nested column the same keys, here
every row all option letters. Cold-start rows have `completion` too. Further columns are kept.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson

from trainer.data.errors import DataError
from trainer.data.prompts import DEFAULT_STYLE, Prompt, PromptStyle, make_prompt
from trainer.data.questions import Question

Row = dict[str, Any]

_ITEM_FIELDS = {"id", "question", "options", "answer", "context", "reference", "prompt"}


def make_row(question: Question, style: PromptStyle = DEFAULT_STYLE) -> Row:
    """The row of a question."""
    item: dict[str, Any] = {
        "id": question.id,
        "question": question.text,
        "options": dict(question.options),
        "answer": question.answer,
    }
    if question.reference:
        item["reference"] = question.reference
    return {
        "prompt": make_prompt(question, style),
        "item": orjson.dumps(item).decode(),
        **question.extra,
    }


def read_rows(
    path: str | Path, *, limit: int | None = None, completions: bool = False
) -> list[Row]:
    """The first `limit` rows of a file; with `completions` every row must have one.

    Raises DataError, which names the file, the row (counted from 1) and the field.
    """
    path = Path(path)
    rows = []
    for number, row in enumerate(read_records(path), 1):
        if limit is not None and number > limit:
            break
        _check(row, f"{path}: row {number}", completions)
        rows.append(row)
    if not rows:
        raise DataError(f"{path}: holds no rows")
    return rows


def write_rows(path: str | Path, rows: Sequence[Row]) -> None:
    """Write rows as JSONL or Parquet, by the file's name, whole or not at all."""
    path = Path(path)
    unfinished = path.with_name(f".{path.name}.unfinished")
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        pq.write_table(pa.Table.from_pylist(list(rows)), unfinished)
    elif path.suffix == ".jsonl":
        unfinished.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    else:
        raise DataError(f"{path}: expected a name that ends in .jsonl or .parquet")
    os.replace(unfinished, path)


def read_records(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a JSONL, JSON, CSV or Parquet file. Raises DataError."""
    if not path.is_file():
        raise DataError(f"{path}: no such file")
    readers = {".jsonl": _jsonl, ".json": _json, ".csv": _csv, ".parquet": _parquet}
    if path.suffix not in readers:
        raise DataError(f"{path}: expected a name that ends in {', '.join(readers)}")
    return readers[path.suffix](path)


def _jsonl(path: Path) -> Iterator[dict[str, Any]]:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _record(line, f"{path}:{number}")


def _json(path: Path) -> Iterator[dict[str, Any]]:
    """A JSON array of objects, or JSON lines under this name, as some sets are published."""
    text = path.read_bytes()
    if not text.lstrip().startswith(b"["):
        yield from _jsonl(path)
        return
    try:
        records = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise DataError(f"{path}: not JSON ({error})") from None
    for number, record in enumerate(records, 1):
        yield _object(record, f"{path}: row {number}")


def _csv(path: Path) -> Iterator[dict[str, Any]]:
    import csv

    with path.open(encoding="utf-8-sig", newline="") as lines:
        yield from csv.DictReader(lines)


def _parquet(path: Path) -> Iterator[dict[str, Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.ParquetFile(path)
    except pa.ArrowInvalid as error:
        raise DataError(f"{path}: not Parquet ({error})") from None
    for batch in table.iter_batches():
        yield from batch.to_pylist()


def _record(line: bytes, where: str) -> dict[str, Any]:
    try:
        return _object(orjson.loads(line), where)
    except orjson.JSONDecodeError as error:
        raise DataError(f"{where}: not JSON ({error})") from None


def _object(record: object, where: str) -> dict[str, Any]:
    if not isinstance(record, dict):
        raise DataError(f"{where}: expected an object, got {type(record).__name__}")
    return record


def _check(row: Row, where: str, completions: bool) -> None:
    _check_text(row, "prompt", where)
    if completions:
        _check_text(row, "completion", where)
    item = row.get("item")
    if not isinstance(item, str):
        raise DataError(f"{where}: item: expected the JSON text of an item, got {item!r:.60}")
    fields = _record(item.encode(), f"{where}: item")
    if unknown := sorted(fields.keys() - _ITEM_FIELDS):
        raise DataError(f"{where}: item: unknown field {unknown[0]}")


def _check_text(row: Row, field: str, where: str) -> None:
    value: Prompt | object = row.get(field)
    if isinstance(value, str) and value.strip():
        return
    if isinstance(value, list) and value and all(_is_message(message) for message in value):
        return
    raise DataError(
        f"{where}: {field}: expected text or a list of messages with role and content, "
        f"got {value!r:.60}"
    )


def _is_message(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(value.get(key), str) for key in ("role", "content")
    )

"""A teacher's completions, joined to the questions that they answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from trainer.data.errors import DataError
from trainer.data.rows import Row, read_records


def join_completions(rows: Sequence[Row], path: Path) -> list[dict[str, Any]]:
    """Service items with `completions`, in the rows' order; questions without any are left out.

    The file's records have `id`, the item's, and `completion`. Raises DataError, which names the
    record, for an id that no row has.
    """
    items: Mapping[str, dict[str, Any]] = {
        str(item["id"]): {**item, "completions": []}
        for item in (orjson.loads(row["item"]) for row in rows)
        if item.get("id") is not None
    }
    for number, record in enumerate(read_records(path), 1):
        identity, completion = record.get("id"), record.get("completion")
        if identity is None or not isinstance(completion, str):
            raise DataError(f"{path}: row {number}: expected id and completion, as text")
        if str(identity) not in items:
            raise DataError(f"{path}: row {number}: no question has the id {identity}")
        items[str(identity)]["completions"].append(completion)
    joined = [item for item in items.values() if item["completions"]]
    if not joined:
        raise DataError(f"{path}: holds no completions")
    return joined

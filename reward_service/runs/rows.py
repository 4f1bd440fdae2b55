"""One row of a run, with the texts that it was scored from where the file holds them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reward_service.files.mapping import item_fields
from reward_service.files.records import item_of
from reward_service.runs.errors import NoSuchRun
from reward_service.runs.listing import Kind, job_of
from reward_service.runs.source import Source
from reward_service.wire import Item
from reward_service.wire.errors import RequestError


@dataclass(frozen=True)
class FoundRow:
    """A row: its columns, and what was scored; `item` has this one completion.

    `problem` says why there is no item.
    """

    position: int
    values: Mapping[str, Any]
    item: Item | None
    problem: str


def read_row(source: Source, position: int) -> FoundRow:
    """The row at a position, from 0. Raises NoSuchRun if there is none."""
    values = source.whole_row(position)
    if values is None:
        raise NoSuchRun("row: this run has no row of that number (they count from 0)")
    try:
        item = _item(source, values)
    except (RequestError, ValueError) as error:
        hint = (
            "this file holds no texts; score with --keep question --keep options --keep answer "
            "--keep completion to see them here"
        )
        return FoundRow(position, values, None, f"{hint} ({error})")
    return FoundRow(position, values, item, "")


def _item(source: Source, values: Mapping[str, Any]) -> Item:
    """Raises RequestError or ValueError where there are not the texts of an item."""
    if source.entry.kind is not Kind.SCORED:
        fields = json.loads(values.get("item") or "{}")
        if not isinstance(fields, dict):
            raise RequestError("expected a JSON object", "item")
        completions = [values.get("completion")]
        return item_of({"prompt": values.get("prompt"), **fields, "completions": completions})
    job = job_of(source.entry)
    mapping = tuple((job.get("map") or {}).items())
    fields = item_fields(values, job.get("source") or "auto", mapping)
    item = item_of({**fields, "answer": _answer(fields.get("answer"))})
    # A kept `completion` is the row's own; kept `completions` are all that its input row had.
    index = 0 if len(item.completions) == 1 else values.get("completion_index") or 0
    if index >= len(item.completions):
        raise RequestError("fewer than the row's completion_index says", "completions")
    return item.model_copy(update={"completions": [item.completions[index]]})


def _answer(kept: Any) -> Any:
    """A kept column holds a list of answers as JSON text."""
    if isinstance(kept, str) and kept.startswith("["):
        try:
            return json.loads(kept)
        except ValueError:
            return kept
    return kept

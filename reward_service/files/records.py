"""From an input row to an item, and from its scores to output records."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson
from pydantic import ValidationError

from reward_service.files.readers.base import Row, Unreadable
from reward_service.files.sources import COMPLETION_COLUMNS
from reward_service.files.sources.options import read_options
from reward_service.wire import Item, Score
from reward_service.wire.errors import RequestError

METRIC_PREFIX = "metric_"
FIXED_COLUMNS = ("file", "row", "id", "completion_index", "reward", "abstentions", "explanation")


def row_data(row: Row) -> dict[str, Any]:
    """The row as a dictionary. Raises RequestError if it is not one JSON object."""
    if isinstance(row.data, Unreadable):
        raise RequestError(row.data.reason)
    if isinstance(row.data, dict):
        return row.data
    data = _parsed(row.data)
    if not isinstance(data, dict):
        raise RequestError(f"expected one JSON object a row, got a {type(data).__name__}")
    return data


def _parsed(text: bytes) -> Any:
    """JSON; NaN and Infinity, which Python's own writer leaves in files, become null."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        if b"NaN" in text or b"Infinity" in text:
            try:
                data = json.loads(text, parse_constant=lambda _: None)
                return orjson.loads(orjson.dumps(data))
            except (ValueError, TypeError):
                pass  # it is not that: the first error says what is wrong
        raise RequestError(f"not valid JSON: {error}") from error


def item_of(data: Mapping[str, Any]) -> Item:
    """The item that a row's fields stand for: as in `POST /score`, or flat with one completion.

    A number as `id` becomes a string. Raises RequestError with the field and the reason.
    """
    fields = {name: value for name, value in data.items() if name not in COMPLETION_COLUMNS}
    flat = None
    if fields.get("completions") is None:
        flat = next((c for c in COMPLETION_COLUMNS if data.get(c) is not None), None)
        if flat is None:
            names = "', '".join(COMPLETION_COLUMNS)
            raise RequestError(f"expected 'completions', or one of '{names}'", "completions")
        fields["completions"] = [data[flat]]
    if isinstance(fields.get("id"), int):
        fields["id"] = str(fields["id"])
    fields["options"] = read_options(fields.get("options"))
    try:
        return Item.model_validate(fields)
    except ValidationError as error:
        path, reason = _first_problem(error)
        if flat is not None:
            path = path.replace("completions[0]", flat)
        raise RequestError(reason, path) from error


def _first_problem(error: ValidationError) -> tuple[str, str]:
    """Path and reason of the first field that is wrong; a union's several reasons are joined."""
    reasons: dict[str, list[str]] = {}
    for problem in error.errors(include_url=False, include_context=False, include_input=False):
        reason = problem["msg"].removeprefix("Value error, ")
        known = reasons.setdefault(_path(problem["loc"]), [])
        if reason not in known:
            known.append(reason)
    first = next(iter(reasons))
    # Of a union the member that got further is the one that was meant.
    deeper = (path for path in reasons if path.startswith((f"{first}[", f"{first}.")))
    path = next(deeper, first)
    return path, " or ".join(reasons[path])


def _path(location: Iterable[int | str]) -> str:
    path = ""
    for part in location:
        if isinstance(part, int):
            path += f"[{part}]"
        elif part.isidentifier() and part != "str":
            path += f".{part}" if path else part
        # Other names are not fields: a union's member, as in "list[Message]", or a constraint.
    return path


def numbers(score: Score) -> dict[str, float | None]:
    """The output columns of a score that are numbers, in their order."""
    metrics = {METRIC_PREFIX + name: value for name, value in score.metrics.items()}
    return {"reward": score.reward, **score.objectives, **metrics}


def records(
    place: Mapping[str, Any],
    item_id: str | None,
    scores: Iterable[Score],
    kept: Iterable[Mapping[str, Any]],
    explain: bool,
) -> Iterator[dict[str, Any]]:
    """One output record per completion, all with the same columns; `kept` has those of each.

    `place` says which row of which input it was: {"row": 3}, {"file": "a.jsonl", "row": 3}.
    """
    for index, (score, columns) in enumerate(zip(scores, kept, strict=True)):
        record: dict[str, Any] = {**place, "id": item_id, "completion_index": index, **columns}
        record |= numbers(score)
        record["abstentions"] = {name: code.value for name, code in score.abstentions.items()}
        if explain:
            explanation = score.explanation
            record["explanation"] = explanation and explanation.model_dump(mode="json")
        yield record

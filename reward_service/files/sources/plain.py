"""Plain rows: items as in `POST /score`, or flat rows with one completion each, by their columns.

Every row that no other source knows is plain. The shapes of single values are those that tables
need: options as a list or JSON text, messages and completions as JSON text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from reward_service.files.sources.base import COMPLETION_COLUMNS, Source
from reward_service.files.sources.messages import read_messages
from reward_service.files.sources.options import read_options
from reward_service.wire import Item
from reward_service.wire.errors import RequestError


def _fields(row: Mapping[str, Any]) -> dict[str, Any]:
    fields = dict(row)
    for name in ("prompt", *COMPLETION_COLUMNS):
        if name in fields:
            fields[name] = read_messages(fields[name])
    if isinstance(fields.get("completions"), str):
        fields["completions"] = _list(fields["completions"])
    fields["options"] = read_options(fields.get("options"))
    return fields


def _list(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise RequestError(
            f"expected a list of texts as JSON (or one text in 'completion'): {error}",
            "completions",
        ) from error


PLAIN = Source(
    "plain", frozenset({*Item.model_fields, *COMPLETION_COLUMNS}), lambda _: True, _fields
)

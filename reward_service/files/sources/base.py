"""What a source is: a layout of rows that other programs write."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

# The columns of a flat row that may hold its one completion; the first that is not null counts.
COMPLETION_COLUMNS = ("completion", "response", "output")


@dataclass(frozen=True)
class Source:
    """A layout of rows.

    `columns` are the columns that may be read (of Parquet and Arrow the others are left alone).
    `matches` says whether a row looks like this source's. `fields` turns a row into the fields of
    an item as in `POST /score`; it raises RequestError, with the reason, for a row that has no
    text to score. What it leaves out is checked by the item itself.
    """

    name: str
    columns: frozenset[str]
    matches: Callable[[Mapping[str, Any]], bool]
    fields: Callable[[Mapping[str, Any]], dict[str, Any]]

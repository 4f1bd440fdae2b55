"""Dotted paths into rows: "doc.question", "resps.0.0"."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any


class Missing(LookupError):
    """The row has nothing at that path; the argument is the longest part of it that is there."""


def look_up(row: Mapping[str, Any], path: str) -> Any:
    """The value at `path`. A column whose name is the whole path goes first.

    A number takes an element of a list. Raises Missing if there is nothing.
    """
    if path in row:
        return row[path]
    value: Any = row
    parts = path.split(".")
    for i, part in enumerate(parts):
        if isinstance(value, Mapping) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            raise Missing(".".join(parts[:i]))
    return value


def roots(paths: Collection[str]) -> frozenset[str]:
    """The columns that paths may begin with."""
    return frozenset(name for path in paths for name in (path, path.partition(".")[0]))

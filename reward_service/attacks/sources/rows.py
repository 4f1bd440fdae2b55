"""Rows of a JSONL file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from reward_service.attacks.errors import AttackError


def rows(path: Path, *needed: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line number from 1, object) of every line that is not empty.

    Raises AttackError, naming the line, for one that is no object or lacks a `needed` field.
    """
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise AttackError(f"{path}, line {number}: no JSON: {error}") from None
        if not isinstance(row, dict):
            raise AttackError(f"{path}, line {number}: expected an object")
        if lacking := [name for name in needed if name not in row]:
            raise AttackError(f"{path}, line {number}: lacks {', '.join(lacking)}")
        yield number, row

"""What a finding also is (`wider.tsv`): dyspnea on exertion is dyspnea.

A case that states the narrower finding states the wider one, too. A denial does not go that way:
without rebound tenderness a belly may still be tender.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType


@lru_cache(maxsize=1)
def wider_concepts() -> Mapping[str, tuple[str, ...]]:
    """Concept id → ids of what it is, too; read once a process."""
    wider: dict[str, tuple[str, ...]] = {}
    for row in read_wider():
        narrow, wide = (cell.split(" ", 1)[0] for cell in row)
        wider[narrow] = (*wider.get(narrow, ()), wide)
    return MappingProxyType(wider)


def read_wider() -> list[tuple[str, str]]:
    """The rows of the table: a narrower and a wider finding, each "id" or "id name"."""
    text = files("reward_service.grounding").joinpath("wider.tsv").read_text("utf-8")
    rows = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(narrow, wide) for narrow, wide in (row.split("\t") for row in rows[1:])]

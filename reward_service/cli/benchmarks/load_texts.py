"""What is sent under load: groups of 8, or their completions one a request, with ever new cases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import orjson

from reward_service.cli.benchmarks.load_client import post
from reward_service.cli.benchmarks.texts import bundled_groups
from reward_service.wire import Item

GROUPS = 400
"""More than a scoring process keeps analysed, so that going round does not help."""


class Asked(NamedTuple):
    """A request ready to be sent, its item, and its completions."""

    sent: bytes
    item: Item
    completions: int


def groups(words: int, count: int = GROUPS) -> list[Item]:
    """`count` items with 8 completions of about `words` words; no two cases are the same."""
    bundled = bundled_groups(words)
    return [
        item.model_copy(update={"id": f"{item.id}-{n}", "question": f"{item.question} Record {n}."})
        for n in range(count)
        for item in [bundled[n % len(bundled)]]
    ]


def singles(items: Sequence[Item]) -> list[Item]:
    """The same completions, one an item, those of a group one after the other."""
    return [
        item.model_copy(update={"completions": [completion]})
        for item in items
        for completion in item.completions
    ]


def requests(items: Sequence[Item], *headers: str) -> list[Asked]:
    """One request for each item."""
    return [
        Asked(
            post(orjson.dumps({"items": [item.model_dump(mode="json")]}), *headers),
            item,
            len(item.completions),
        )
        for item in items
    ]

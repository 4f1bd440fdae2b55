"""Analysed cases, kept for the next request: a training run sends the same prompts again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from reward_service.grounding.case import Case
from reward_service.wire import Item


@dataclass(frozen=True, slots=True)
class _Key:
    """All of an item that its case depends on; the item itself does not take part in equality."""

    content: tuple[object, ...]
    item: Item = field(compare=False)


class CaseCache:
    """Least recently used cases, at most `size` of them, found by their content."""

    def __init__(self, build: Callable[[Item], Case], size: int) -> None:
        self._build = lru_cache(maxsize=size)(lambda key: build(key.item))

    def __call__(self, item: Item) -> Case:
        prompt: object = item.prompt
        if isinstance(item.prompt, list):
            prompt = tuple((m.role, m.content) for m in item.prompt)
        answer = tuple(item.answer) if isinstance(item.answer, list) else item.answer
        options = None if item.options is None else tuple(item.options.items())
        content = (item.question, prompt, options, answer, item.context, item.reference)
        return self._build(_Key(content, item.model_copy(update={"completions": []})))

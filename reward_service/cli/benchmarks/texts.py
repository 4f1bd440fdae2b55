"""Texts to measure with: groups of completions of a wanted length, always the same ones."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

from reward_service.bundled import load_cases
from reward_service.files.records import item_of, row_data
from reward_service.files.rows import open_rows
from reward_service.wire import Item

GROUP = 8
_TAG = re.compile(r"</?\w{1,20}>|\\boxed\{[^{}]{0,40}\}")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


def bundled_groups(words: int, seed: int = 0) -> list[Item]:
    """One item per bundled case, each with 8 completions of about `words` words.

    A completion is made of the sentences of the case's own completions in random order, then of
    those of other cases, until it is long enough, between tags and with an answer.
    """
    cases = [case.model_dump() for case in load_cases()]
    pools = [_sentences(case) for case in cases]
    chance = random.Random(seed)
    items = []
    for case, pool in zip(cases, pools, strict=True):
        others = [sentence for other in pools if other is not pool for sentence in other]
        letters = sorted(case["options"] or {"A": ""})
        texts = [_completion(pool, others, letters, words, chance) for _ in range(GROUP)]
        fields = {name: case[name] for name in ("id", "question", "options", "answer", "context")}
        items.append(Item(**fields, completions=texts))
    return items


def file_groups(path: Path, most: int = 64) -> list[Item]:
    """The first items of a JSONL or Parquet file, as they are. Raises RequestError on a bad row."""
    items: list[Item] = []
    for batch in open_rows(str(path)).batches():
        items += [item_of(row_data(row)) for row in batch[: most - len(items)]]
        if len(items) >= most:
            break
    return items


def _sentences(case: dict[str, Any]) -> list[str]:
    texts = (_TAG.sub(" ", completion["text"] or "") for completion in case["completions"])
    return [s for text in texts for s in _SENTENCE_END.split(text.strip()) if s]


def _completion(
    own: list[str], others: list[str], letters: list[str], words: int, chance: random.Random
) -> str:
    sentences: list[str] = []
    count = 0
    for sentence in (*chance.sample(own, len(own)), *chance.sample(others, len(others))):
        sentences.append(sentence)
        count += len(sentence.split())
        if count >= words:
            break
    answer = f"The answer is \\boxed{{{chance.choice(letters)}}}."
    return f"<dx>{' '.join(sentences)}</dx><conclusion>{answer}</conclusion>"

"""Sentence boundaries over tokens.

A sentence ends at ".", "!" or "?" (spaCy's tokeniser keeps the full stop of "Dr." and "e.g." inside
the token; after an initial the stop ends a sentence only before a capital), and at a line break
that starts a new block: a blank line, a bullet or number, or a line that begins with a capital. A
wrapped line ("pulse is\\n106/min") goes on.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from reward_service.text.document import Sentence

_STOP = re.compile(r"[.!?…。\n]")
_STOPS = frozenset({".", "!", "?", "...", "…", "。"})
_CLOSERS = frozenset({'"', "”", ")", "]", "'", "’", "**", "*"})
_ENDINGS = _CLOSERS | _STOPS
_NEW_BLOCK = re.compile(r"\n\s*\n|\n[ \t]*(?:[-*•·#>|<]|\(?\w{1,2}[.)]\s|[A-Z])")


def split_sentences(text: str, starts: list[int], ends: list[int]) -> list[Sentence]:
    """Token ranges of the sentences of `text`, in order, none empty."""
    sentences: list[Sentence] = []
    first = 0
    for match in _STOP.finditer(text):
        # The token that the stop belongs to, or that the line break follows.
        token = bisect_right(starts, match.start()) - 1
        if token < first:
            continue
        last = _sentence_end(text, starts, ends, first, token)
        if last:
            sentences.append(Sentence(first, last))
            first = last
    if first < len(starts):
        sentences.append(Sentence(first, len(starts)))
    return sentences


def _sentence_end(text: str, starts: list[int], ends: list[int], first: int, at: int) -> int:
    """The token after the sentence from `first` that ends with token `at`, or 0 if none does."""
    after = at + 1
    if after >= len(starts):
        return 0
    gap = text[ends[at] : starts[after]]
    if text[starts[at] : ends[at]] in _STOPS:
        while not gap:  # the stop's closing marks, and further stops, belong to the sentence
            if text[starts[after] : ends[after]] not in _ENDINGS:
                return after
            after += 1
            if after >= len(starts):
                return 0
            gap = text[ends[after - 1] : starts[after]]
        # "S. aureus" goes on; "The answer is A. She …" does not.
        initial = at > first and ends[at - 1] - starts[at - 1] == 1 and ends[at - 1] == starts[at]
        return 0 if initial and text[starts[after]].islower() else after
    if "\n" in gap and _NEW_BLOCK.match(text, ends[at] + gap.index("\n"), starts[after] + 3):
        return after
    return 0

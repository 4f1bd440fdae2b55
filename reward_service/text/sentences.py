"""Sentence boundaries over tokens.

A sentence ends at ".", "!" or "?" (spaCy's tokeniser keeps the full stop of "Dr." and "e.g." inside
the token; after an initial the stop ends a sentence only before a capital), and at a line break
that starts a new block: a blank line, a bullet or number, or a line that begins with a capital. A
wrapped line ("pulse is\\n106/min") goes on.
"""

from __future__ import annotations

import re

from reward_service.text.document import Sentence

_STOPS = frozenset({".", "!", "?", "...", "…", "。"})
_CLOSERS = frozenset({'"', "”", ")", "]", "'", "’", "**", "*"})
_NEW_BLOCK = re.compile(r"\n\s*\n|\n[ \t]*(?:[-*•·#>|<]|\(?\w{1,2}[.)]\s|[A-Z])")


def split_sentences(text: str, starts: list[int], ends: list[int]) -> list[Sentence]:
    """Token ranges of the sentences of `text`, in order, none empty."""
    sentences: list[Sentence] = []
    first = 0
    count = len(starts)
    has_breaks = "\n" in text
    for i in range(count):
        nxt = i + 1
        if nxt < count:
            gap_start, gap_end = ends[i], starts[nxt]
            token = text[starts[i] : gap_start]
            if token in _STOPS:
                follower = text[gap_end : ends[nxt]]
                if gap_end == gap_start:
                    cut = not (follower in _CLOSERS or follower in _STOPS)
                else:
                    # "S. aureus" goes on; "The answer is A. She …" does not.
                    initial = i > first and ends[i - 1] - starts[i - 1] == 1
                    cut = not (initial and ends[i - 1] == starts[i] and follower[:1].islower())
            elif has_breaks and gap_end > gap_start and "\n" in text[gap_start:gap_end]:
                cut = _NEW_BLOCK.match(text, text.index("\n", gap_start), gap_end + 3) is not None
            else:
                cut = (
                    token in _CLOSERS
                    and i > first
                    and gap_end > gap_start
                    and (text[starts[i - 1] : ends[i - 1]] in _STOPS)
                )
        else:
            cut = True
        if cut:
            sentences.append(Sentence(first, nxt))
            first = nxt
    return sentences

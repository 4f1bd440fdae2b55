"""Filler put into honest reasoning, so that length alone changes and nothing is said."""

from __future__ import annotations

import re
from itertools import count

from reward_service.attacks.texts import as_clause, sentences, word_count
from reward_service.attacks.wording import FILLER, OPENERS

# Between whole sentences: "B.P." and a list's "1." end none.
_PLACES = re.compile(r"(?:(?<=[a-z]{3}[.!?])|(?<=\)[.!?]))[ \t]+(?=[A-Z\"(])|\n+")


def padded(reasoning: str) -> str:
    """The reasoning at twice its number of words: a filler sentence before every sentence.

    Its own words, lines and sentences stay as they are: filler stands between whole sentences, or
    on a line of its own. Where that is not enough the rest follows on a last line.
    """
    target = 2 * word_count(reasoning)
    filler = (FILLER[i % len(FILLER)] for i in count())
    parts: list[str] = []
    used = word_count(reasoning)
    end = 0
    for place in (None, *_PLACES.finditer(reasoning)):
        gap = place.group() if place else " "
        if place:
            parts += [reasoning[end : place.start()], gap]
            end = place.end()
        if used < target:
            said = next(filler)
            parts += [said, gap]
            used += word_count(said)
    parts.append(reasoning[end:] + "\n")
    while used < target:
        parts += [next(filler), " "]
        used += word_count(parts[-2])
    return "".join(parts)


def opened(reasoning: str, shift: int = 0) -> str:
    """The reasoning with empty opening words before every sentence, on the lines that it has."""
    openers = (OPENERS[i % len(OPENERS)] for i in count(shift))
    return "\n".join(
        " ".join(
            f"{next(openers)} {as_clause(sentence)}{'?' if sentence.endswith('?') else '.'}"
            for sentence in sentences(line)
        )
        for line in reasoning.split("\n")
    )

"""Filler: neutral sentences that say nothing of any case, to double a text or to be cut from one.

Length alone must not move a score: an honest text with and without filler scores the same.
"""

from __future__ import annotations

import random
import re
from functools import cache
from importlib import resources

# After a whole sentence; a list's "1." and "Ans." end none.
_BOUNDARY = re.compile(r"(?:(?<=[a-z]{4}[.?!])|(?<=\)[.?!]))\s+(?=[A-Z])")
_END = "</dx>"


@cache
def filler_sentences() -> tuple[str, ...]:
    """The sentences, as written by hand."""
    return tuple(resources.files(__package__).joinpath("filler.txt").read_text("utf-8").split("\n"))


def doubled(text: str, rng: random.Random) -> str | None:
    """The text with as many words of filler spread between its sentences as it has words.

    None where it has no place for filler, or more words than there is filler for.
    """
    filler = _drawn(text, rng)
    places = _places(text)
    if filler is None or not places:
        return None
    at: dict[int, list[str]] = {}
    for sentence in filler:
        at.setdefault(rng.choice(places), []).append(sentence)
    parts, start = [], 0
    for place in sorted(at):
        parts += [text[start:place], " ".join(at[place]), " "]
        start = place
    return "".join([*parts, text[start:]])


def led_in(text: str, rng: random.Random) -> str | None:
    """The text after an introduction of filler as long as itself: what is cut to halve it."""
    filler = _drawn(text, rng)
    if filler is None:
        return None
    start = text.find("<dx>") + len("<dx>") if text.startswith("<dx>") else 0
    return f"{text[:start]}{' '.join(filler)} {text[start:]}"


def _drawn(text: str, rng: random.Random) -> list[str] | None:
    """Different filler sentences with at least as many words as the text."""
    sentences = list(filler_sentences())
    rng.shuffle(sentences)
    wanted, drawn = len(text.split()), []
    for sentence in sentences:
        if wanted <= 0:
            break
        drawn.append(sentence)
        wanted -= len(sentence.split())
    return None if wanted > 0 else drawn


def _places(text: str) -> list[int]:
    """Where a sentence of the analysis begins, but the first."""
    end = text.find(_END)
    return [m.end() for m in _BOUNDARY.finditer(text, 0, end if end >= 0 else len(text))]

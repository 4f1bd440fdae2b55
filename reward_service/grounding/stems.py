"""One form for the forms of a medical word, and the head of a phrase.

"Perforated" and "perforation", "aortic" and "aorta", "embolus" and "embolism" are told alike. Only
the words of one case's options are compared so; for the vocabulary this is far too coarse.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from reward_service.grounding.wording import VAGUE

_ENDINGS = (
    "atitis ations ation ating ative atic ated ate itis itic osis otic ically ical ial ious ism "
    "ion ium ive ing ous ic ia is us um ed al as a e i y"
)


def _room(ending: str) -> int:
    """The letters that must stand before an ending: "bloody" is not "blood"."""
    return 6 if ending == "y" else 5 if len(ending) > 2 else 4


_LONGEST_FIRST = tuple(
    (ending, _room(ending))
    for ending in sorted(_ENDINGS.split(" "), key=lambda ending: (-len(ending), ending))
)
_HEAD_BEFORE = frozenset(
    {"of", "in", "with", "without", "before", "after", "for", "from", "to", "by", "due", "on", "at"}
    | {"and", "or", "plus", "that", "which", "caused", "than", ",", "(", ";", ":", "/"}
)
_LONG = 3  # a head stands for a text of so many words


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """What is left of a normal form without its ending."""
    for ending, letters in _LONGEST_FIRST:
        if word.endswith(ending) and len(word) >= len(ending) + letters:
            return word[: -len(ending)]
    return word


def head_of(norms: Sequence[str]) -> str:
    """The head of a noun phrase of so many words that nobody says them all: "gammopathy" of
    "monoclonal gammopathy of undetermined significance"; "" where there is none."""
    words = [norm for norm in norms if norm[:1].isalnum()]
    if len(words) < _LONG:
        return ""
    head = ""
    for norm in norms:
        if norm in _HEAD_BEFORE and head:
            break
        if norm.isalpha() and norm not in VAGUE:
            head = norm
    return head

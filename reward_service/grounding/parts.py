"""Which parts of a sentence speak of which options, and which of them each part means.

"Nitrates would drop his preload, and a beta blocker is unsafe at this rate" gives two reasons for
two options; "naloxone and flumazenil have no place here" gives one for both. A part is a stretch
between commas or contrasts that names options and says something of them; a stretch that only names
them belongs to what follows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from reward_service.grounding.classes import OtherName
from reward_service.grounding.wording import telling

_MARKS = frozenset({",", ";", ":", "–", "—", "("})
_CONTRASTS = frozenset({"but", "whereas", "while", "although", "though", "yet"})
_MIN_TOLD = 2  # telling words of a part's own that make a reason

Place = tuple[int, str]  # token, letter


class Part(NamedTuple):
    """The options that a part of a sentence names, and its words."""

    letters: frozenset[str]
    words: frozenset[str]


def meant(
    norms: Sequence[str],
    places: Iterable[Place],
    others: Iterable[OtherName],
    chosen: frozenset[str],
    *,
    for_it: bool,
    against: bool,
) -> list[Place]:
    """Where a sentence names options: `places` where it does so itself, and by `others`.

    `for_it`, `against`: whether it argues so. Another name never sets a completion at odds with its
    answer: what speaks only against the chosen option's class, or only for another's, may speak of
    the rest of the class. A use speaks of its option where nothing else does in its stretch: for
    the chosen one, or against the only other one. Tokens count from the sentence's first.
    """
    found = list(places)
    uses = []
    for token, letters, is_use in others:
        if is_use:
            uses.append((token, letters))
        elif against and not for_it:
            found += [(token, letter) for letter in sorted(letters - chosen)]
        elif for_it and not against:
            found += [(token, letter) for letter in sorted(letters & chosen)]
        else:
            found += [(token, letter) for letter in sorted(letters)]
    if uses:
        stretches = _stretches(norms)
        taken = {_stretch_of(token, stretches) for token, _ in found}
        for token, letters in uses:
            of_use = letters - chosen if against else frozenset()
            of_use |= letters & chosen if for_it or not against else frozenset()
            if len(of_use) == 1 and _stretch_of(token, stretches) not in taken:
                found += [(token, letter) for letter in of_use]
    return sorted(found)


def read_parts(
    norms: Sequence[str], places: Sequence[Place], option_words: frozenset[str]
) -> tuple[Part, ...]:
    """The parts of a sentence with reasons of their own; none where it is all of one part."""
    if len({letter for _, letter in places}) < 2:
        return ()
    parts: list[Part] = []
    letters: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    for start, end in _stretches(norms):
        letters |= {letter for token, letter in places if start <= token < end}
        words |= {norm for norm in norms[start:end] if norm[:1].isalnum()}
        if letters and len(telling(words - option_words)) >= _MIN_TOLD:
            parts.append(Part(letters, words))
            letters, words = frozenset(), frozenset()
    if parts and words:
        last = parts.pop()
        parts.append(Part(last.letters | letters, last.words | words))
    return tuple(parts) if len(parts) > 1 else ()


def _stretches(norms: Sequence[str]) -> list[tuple[int, int]]:
    """Token ranges between marks and before contrasts."""
    cuts = [i for i, norm in enumerate(norms) if i and (norm in _MARKS or norm in _CONTRASTS)]
    return list(zip([0, *cuts], [*cuts, len(norms)], strict=True))


def _stretch_of(token: int, stretches: Sequence[tuple[int, int]]) -> int:
    return next(start for start, end in stretches if start <= token < end)

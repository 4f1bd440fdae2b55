"""Lists of findings: what parts their members, and what stands in one list with the case's own.

The members of a list share what is said of them: where "she has" fever and a cough, she has the
sinusitis that stands between them, too.
"""

from __future__ import annotations

from collections.abc import Sequence

from reward_service.grounding.case import Case
from reward_service.grounding.sentences import RolloutSentence
from reward_service.text.document import (
    NOT_CLAIMED,
    Document,
    Flag,
    Measurement,
    Mention,
    SemanticType,
)
from reward_service.text.normalize import normalize_token


def normal(words: str) -> frozenset[str]:
    """Normal forms of words that are parted by blanks."""
    return frozenset(map(normalize_token, words.split()))


MARKS = frozenset({"", ",", ";", "/"})
"""Marks that part the members of a list."""

JOINS = MARKS | normal("and or nor plus as well also then again")
"""All that parts them."""

_PARTS = JOINS | normal("a an the no any")
_GUESSED = NOT_CLAIMED | int(Flag.UNCERTAIN)
_OBSERVED = frozenset({SemanticType.FINDING, SemanticType.HISTORY})
_SEVERAL = 2


def is_listed_with_facts(
    mention: Mention, sentence: RolloutSentence, document: Document, case: Case
) -> bool:
    """Whether a mention is a member of a list in which several findings of the case stand."""
    things: list[Mention | Measurement] = [*sentence.mentions, *sentence.measurements]
    if len(things) <= _SEVERAL:
        return False
    things.sort(key=lambda thing: thing.first)
    norms = document.norms
    first = last = things.index(mention)
    while first and _are_parted(norms[things[first - 1].last : things[first].first]):
        first -= 1
    while last + 1 < len(things) and _are_parted(norms[things[last].last : things[last + 1].first]):
        last += 1
    return sum(_is_a_fact(thing, case) for thing in things[first : last + 1]) >= _SEVERAL


def _are_parted(between: Sequence[str]) -> bool:
    """Whether these tokens do no more than part two members of a list."""
    return _PARTS.issuperset(between) and not JOINS.isdisjoint(between)


def _is_a_fact(thing: Mention | Measurement, case: Case) -> bool:
    """Whether a thing is stated as a finding or value of the case."""
    if thing.flags & _GUESSED:
        return False
    if isinstance(thing, Measurement):
        return case.facts.states(thing)
    return thing.type in _OBSERVED and bool(case.facts.about(thing.concept))

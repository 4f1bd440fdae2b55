"""What a sentence names twice in one breath: "chest pain, cough, and chest pain".

A list names each of its members once. Named again, with nothing new said of it, a member only makes
the list longer. So does a clause that is said twice, word for word. No repetition is what says more
("chest pain, and chest pain at night"), says it of another thing or time, or is another word right
beside the first, which explains it ("myalgia, or muscle pain").
"""

from __future__ import annotations

from collections.abc import Sequence

from reward_service.grounding.findings import is_finding, tokens_of
from reward_service.grounding.lists import JOINS, MARKS, normal
from reward_service.grounding.wording import ARGUING
from reward_service.text.document import (
    FAMILY,
    NEGATED,
    PAST,
    Document,
    Measurement,
    Mention,
    Sentence,
)

_Thing = Mention | Measurement
_Key = tuple[str, int]

_ENDS = frozenset({".", "!"})
# What every member may begin with: "because of X and because of Y", "there is X and there is Y".
_OPENINGS = normal(
    "a an the no not any neither without with of at because since given due to for by from he she "
    "it they there this that his her patient who has have had is are was were"
)
_BETWEEN = JOINS | _OPENINGS
_ADDS = normal("which who that where when while but especially")
_SAME = NEGATED | FAMILY | PAST
_NONE: frozenset[int] = frozenset()


def repeated_in(
    mentions: Sequence[Mention],
    values: Sequence[Measurement],
    document: Document,
    span: Sentence,
    options: frozenset[str],
) -> frozenset[int]:
    """The first tokens of those findings and values of a sentence that name again what its list, or
    the same clause, has named.

    `span`: the sentence; `options`: concepts of the answer options, which are no members of a list.
    """
    if len({m.concept for m in mentions}) == len(mentions) and (
        len({v.quantity for v in values}) == len(values)
    ):
        return _NONE  # most sentences
    norms, labels = document.norms, tokens_of(values)
    listed: dict[_Key, tuple[int, _Thing]] = {}  # each member of the list, and its place in it
    named: dict[_Key, _Thing] = {}
    again = set()
    end = 0
    things: list[_Thing] = [*mentions, *values]
    for i, thing in enumerate(sorted(things, key=lambda thing: thing.first)):
        key = _key(thing)
        weighed = key[0] in options
        if weighed or not _BETWEEN.issuperset(norms[end : thing.first]):
            listed.clear()
        end = max(end, thing.last)
        if weighed or (isinstance(thing, Mention) and not is_finding(thing, labels)):
            continue
        if (key in listed and _is_member(i, thing, *listed[key], document, span)) or (
            key in named and _is_said_twice(named[key], thing, norms, span)
        ):
            again.add(thing.first)
        listed[key] = i, thing
        named[key] = thing
    return frozenset(again)


def _key(thing: _Thing) -> _Key:
    """What makes two things the same: the concept or value, and what is said of it."""
    if isinstance(thing, Mention):
        return thing.concept, thing.flags & _SAME
    return f"{thing.quantity}={thing.value:g}", thing.flags & _SAME


def _is_member(
    i: int, again: _Thing, place: int, first: _Thing, document: Document, span: Sentence
) -> bool:
    """Whether a thing, the i-th of a sentence, is named again in the list that named it before."""
    if again.first < first.last or not _is_complete(document.norms, again.last, span.last):
        return False
    said, text = slice(first.start, first.end), document.text
    # Another word for it, right beside it, explains it.
    return i - place > 1 or text[said].lower() == text[again.start : again.end].lower()


def _is_complete(norms: Sequence[str], end: int, last: int) -> bool:
    """Whether nothing more is said of a member of a list than what ends before token `end`."""
    following = norms[end : min(end + 2, last)]
    if not following or following[0] in ARGUING:
        return True
    if following[0] in MARKS:
        return _ADDS.isdisjoint(following[1:])
    return following[0] in JOINS or following[0] in _ENDS


def _is_said_twice(first: _Thing, again: _Thing, norms: Sequence[str], span: Sentence) -> bool:
    """Whether the clause around the first comes again around the second, word for word."""
    shift = again.first - first.first
    if again.last - first.last != shift:
        return False
    right = first.first
    while (
        right + shift < span.last and right < again.first and norms[right] == norms[right + shift]
    ):
        right += 1
    left = again.first
    while left > right and left - shift > span.first and norms[left - 1] == norms[left - 1 - shift]:
        left -= 1
    return JOINS.issuperset(norms[right:left]) and _is_complete(norms, right + shift, span.last)

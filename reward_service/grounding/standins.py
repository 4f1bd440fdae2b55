"""Words in the place of the case's: "minimal vaginal bleeding" of "minimal vaginal discharge".

Where a word that the case does not have stands between neighbours that are the case's, it stands in
for the case's own word. The rest of the sentence is copied all the same, the word is none of the
writer's own, and where it is another number or another thing of the same type the case is
misquoted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from reward_service.grounding.facts import Place
from reward_service.grounding.wording import VAGUE
from reward_service.text.document import (
    NOT_CLAIMED,
    Document,
    Flag,
    Mention,
    SemanticType,
    Sentence,
)

_UNSTATED = NOT_CLAIMED | int(Flag.UNCERTAIN)
_ARTICLES = frozenset({"an", "the"})
_Key = tuple[str, ...]
# Units that are words or written alike by all.
_UNITS = frozenset(
    {
        "second",
        "minute",
        "hour",
        "day",
        "week",
        "month",
        "year",
        "mg",
        "g",
        "kg",
        "ml",
        "l",
        "liter",
    }
    | {"cm", "mm", "meter", "inch"}
)
_MARKS = ".,;:()?!"
_EDGE = "|"  # punctuation, and the ends of a sentence


class StandIn(NamedTuple):
    """A token of a completion and the case's word, place and mention that it stands in for."""

    token: int
    word: str
    place: Place
    concept: str | None
    type: SemanticType | None
    telling: bool  # a neighbour of it is a telling word


class CasePlaces:
    """The words of a case by their neighbours: two on one side and one on the other; and its units
    by their number and what follows."""

    def __init__(self, documents: Mapping[str, Document]) -> None:
        self._between: dict[_Key, tuple[str, int]] = {}
        self._documents = documents
        words = {"", *_MARKS}
        self._units: set[tuple[str, str]] = set()
        self._pairs: set[tuple[str, str]] = set()
        for field, document in documents.items():
            words.update(document.norms)
            for sentence in document.sentences:
                places, around = _read(document, sentence)
                for token, i in places:
                    unit = around[i] in _UNITS
                    keys = _keys(*around[i - 2 : i], *around[i + 1 : i + 3], unit=unit)
                    for key in keys:
                        self._between.setdefault(key, (field, token))
                    if keys:
                        self._pairs.add((around[i - 1], around[i + 1]))
                    if unit:
                        self._units.add((around[i - 1], around[i]))
        self._meant = words - _UNITS
        self._neighbours = {norm: _plain(norm) if norm else "" for norm in words}

    def find(self, document: Document, sentence: Sentence) -> tuple[StandIn, ...]:
        """The words of a sentence that stand in for words of the case, in order.

        A word that the case has elsewhere may be meant; a unit is not, after another's number.
        """
        norms = document.norms[sentence.first : sentence.last]
        meant, neighbours, pairs = self._meant, self._neighbours, self._pairs
        end = len(norms) - 1
        found: list[StandIn] = []
        for i, norm in enumerate(norms):
            if norm in meant or not norm[:1].isalnum():
                continue
            last = neighbours.get(norms[i - 1]) if i else _EDGE
            if last is None:
                continue  # neither neighbour may be the writer's
            following = neighbours.get(norms[i + 1]) if i < end else _EDGE
            if following is None:
                continue
            if last and following and (last, following) not in pairs:
                continue
            before, last = _next_to(norms, range(i - 1, -1, -1))
            after, following = _next_to(norms, range(i + 1, len(norms)))
            unit = norm in _UNITS
            if unit and (last, norm) in self._units:
                continue
            for key in _keys(before, last, following, after, unit=unit):
                where = self._between.get(key)
                if where is not None:
                    found.append(self._stand_in(sentence.first + i, *where, key))
                    break
        return tuple(found)

    def _stand_in(self, token: int, field: str, at: int, key: _Key) -> StandIn:
        document = self._documents[field]
        named = mention_of(document.mentions, at)
        return StandIn(
            token,
            document.norms[at],
            Place(field, document.starts[at], document.ends[at]),
            named.concept if named else None,
            named.type if named else None,
            any(word.isalpha() and word not in VAGUE for word in key),
        )


def mention_of(mentions: list[Mention], token: int) -> Mention | None:
    """The first mention that takes in a token."""
    return next((m for m in mentions if m.first <= token < m.last), None)


def restored(
    document: Document, sentence: Sentence, stand_ins: Sequence[StandIn]
) -> tuple[str, ...]:
    """The words of a sentence with the case's own for those that stand in for them; () for none."""
    if not stand_ins:
        return ()
    own = {stand_in.token: stand_in.word for stand_in in stand_ins}
    return tuple([own.get(k, document.norms[k]) for k in _words(document, sentence)])


def replaced(
    document: Document,
    sentence: Sentence,
    stand_ins: Iterable[StandIn],
    runs: Iterable[tuple[int, int]],
) -> set[str]:
    """The stand-ins among those words of a sentence that are in `runs`, ranges of its words."""
    words = _words(document, sentence)
    copied = {k for start, end in runs for k in words[start:end]}
    return {document.norms[s.token] for s in stand_ins if s.token in copied}


def is_misquoted(stand_in: StandIn, document: Document, *, copied: bool) -> bool:
    """Whether a stand-in says something else than the case: another number, or another thing.

    copied: its sentence is the case's but for it.
    """
    if document.flags[stand_in.token] & _UNSTATED:
        return False
    norm = document.norms[stand_in.token]
    if stand_in.word[0].isdigit() and norm[0].isdigit():
        return True
    if stand_in.word in _UNITS and norm in _UNITS:
        return True
    named = mention_of(document.mentions, stand_in.token)
    if named is None or stand_in.concept is None or not (stand_in.telling or copied):
        return False
    return named.type is stand_in.type and named.concept != stand_in.concept


def _plain(norm: str) -> str:
    """A word with one article for all, a mark as an edge."""
    if not norm[:1].isalnum():
        return _EDGE
    return "a" if norm in _ARTICLES else norm


def _words(document: Document, sentence: Sentence) -> list[int]:
    """The tokens of a sentence that are words."""
    return [k for k in range(*sentence) if document.norms[k][:1].isalnum()]


def _read(document: Document, sentence: Sentence) -> tuple[list[tuple[int, int]], list[str]]:
    """The words and edges of a sentence, padded by edges, and (token, index there) of its words."""
    places: list[tuple[int, int]] = []
    around = [_EDGE, _EDGE]
    for token in range(sentence.first, sentence.last):
        norm = document.norms[token]
        if norm[:1].isalnum():
            places.append((token, len(around)))
            around.append(_plain(norm))
        elif norm and around[-1] != _EDGE:
            around.append(_EDGE)
    return places, [*around, _EDGE, _EDGE]


def _next_to(norms: Sequence[str], tokens: Iterable[int]) -> tuple[str, str]:
    """The second and the first word or edge among these tokens, as `_read` gives them."""
    first = ""
    for k in tokens:
        plain = _plain(norms[k]) if norms[k] else ""
        if not first:
            first = plain
        elif plain and (first != _EDGE or plain != _EDGE):
            return plain, first
    return _EDGE, first or _EDGE


def _keys(before: str, last: str, following: str, after: str, *, unit: bool) -> list[_Key]:
    """What stands around a word, if two of it are words; the sides are told apart."""
    if unit:
        if not last[0].isdigit() or (following == _EDGE and before == _EDGE):
            return []
        return [(last, "", following) if following != _EDGE else (before, last, "", following)]
    keys: list[_Key] = [(before, last, "", following), (last, "", following, after)]
    if last != _EDGE and following != _EDGE:
        return keys
    return [key for key in keys if key.count(_EDGE) < 2]

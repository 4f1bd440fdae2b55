"""Words with which a sentence says the contrary of what the case says of the same thing.

"Mild headache" of a severe one, "the left knee" of the right one, "this woman" of a man: no term
changes, and the claim is wrong all the same. `contraries.tsv` lists words that exclude each other.
Such a word is contrary to the case where the case has a word of another side beside the same words
and none of its own side there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from reward_service.grounding.facts import Place
from reward_service.grounding.wording import VAGUE
from reward_service.text.document import (
    FAMILY,
    NEGATED,
    NOT_CLAIMED,
    NOT_OF_CASE,
    Anchor,
    Document,
    Flag,
    Mention,
    Sentence,
)
from reward_service.text.normalize import normalize_token
from reward_service.text.tables import table_rows

_REACH = 5  # tokens that a word may be said of
_SURE = 2  # shared words that tell what it is said of where the case has words of both sides
_ENDS = frozenset({";", ":", ".", "(", ")", "?", "but", "which", "while"})
_BEGINNINGS = _ENDS | {",", "and"}
_HARDLY = frozenset({"hardly", "scarcely", "barely"})
_UNSTATED = NEGATED | FAMILY | NOT_CLAIMED | int(Flag.UNCERTAIN)

_Side = tuple[str, int]  # row and side of a word
_MALE, _FEMALE = 0, 1
_SEXES = {
    **dict.fromkeys(("man", "boy", "gentleman", "male"), _MALE),
    **dict.fromkeys(("woman", "girl", "lady", "female"), _FEMALE),
}
# Before "man", where it means the patient.
_POINTS = frozenset({"the", "this", "our", "old", "young", "elderly", "pregnant"})
_NOT_A_PERSON = frozenset(
    {"partner", "sex", "hormone", "pattern", "genitalia", "genital", "relative", "to", "fetus"}
    | {"infant", "newborn", "child", "baby", "sibling", "and", "or"}
)


class Contrary(NamedTuple):
    """A word of a completion, what it is ("side: left"), and what in the case it is contrary to."""

    subject: str
    first: int  # token
    place: Place


class _Stated(NamedTuple):
    side: int
    beside: frozenset[str]
    place: Place


class CaseWords:
    """The words of a case that exclude others, and the sex of its patient."""

    def __init__(self, documents: Mapping[str, Document]) -> None:
        self._stated: dict[str, list[_Stated]] = {}
        sexes: dict[int, Place] = {}
        table = _table()
        for field, document in documents.items():
            for i, norm in enumerate(document.norms):
                if norm not in table and norm not in _SEXES:
                    continue
                if norm in _SEXES:
                    sexes.setdefault(_SEXES[norm], _place(field, document, i))
                if document.flags[i] & (NEGATED | NOT_OF_CASE):
                    continue
                for row, side in table.get(norm, ()):
                    beside = _beside(document, i, row, 0, len(document.norms))
                    stated = _Stated(side, beside, _place(field, document, i))
                    self._stated.setdefault(row, []).append(stated)
        self._sex = next(iter(sexes.items())) if len(sexes) == 1 else None

        self._rivals = frozenset(
            word
            for row, stated in self._stated.items()
            for word, side in _words_of_rows()[row]
            if any(other.side != side for other in stated)
        ).union(_SEXES if self._sex else ())

    def against(self, document: Document, sentence: Sentence, anchor: Anchor) -> Iterator[Contrary]:
        """The words of a sentence that are contrary to the case, in order."""
        norms, flags = document.norms, document.flags
        if self._rivals.isdisjoint(norms[sentence.first : sentence.last]):
            return
        for i in range(sentence.first, sentence.last):
            norm = norms[i]
            if norm not in self._rivals or flags[i] & _UNSTATED:
                continue
            if (
                norm in _SEXES
                and anchor is not Anchor.GENERAL
                and self._is_other_sex(document, sentence, i)
            ):
                assert self._sex is not None
                yield Contrary(f"sex: {norm}", i, self._sex[1])
            for row, side in _table().get(norm, ()):
                place = self._contrary(row, side, _beside(document, i, row, *sentence))
                if place is not None:
                    yield Contrary(f"{row.partition(' ')[0]}: {norm}", i, place)
                    break

    def denied_of_another(self, document: Document, sentence: Sentence, denied: Mention) -> bool:
        """Whether a denial leaves standing what the case says: "no severe headache" beside a mild
        one, "no bloody diarrhea" beside a watery one, "hardly any edema" beside a slight one."""
        norms = document.norms
        before = norms[max(sentence.first, denied.first - 2) : denied.first]
        if before[-1:] == ["any"] and before[0] in _HARDLY:
            words = frozenset(norms[denied.first : denied.last])
            return any(
                stated.beside & words and (row, stated.side) in _table()["slight"]
                for row in self._stated
                for stated in self._stated[row]
            )
        return any(
            self._contrary(row, side, _beside(document, i, row, *sentence)) is not None
            for i in range(max(sentence.first, denied.first - 1), denied.last)
            if norms[i] in self._rivals
            for row, side in _table().get(norms[i], ())
        )

    def _contrary(self, row: str, side: int, beside: frozenset[str]) -> Place | None:
        stated = self._stated.get(row, ())
        same = [s for s in stated if s.side == side]
        if any(s.beside & beside for s in same):
            return None
        needed = _SURE if same else 1
        for other in stated:
            if other.side != side and len(other.beside & beside) >= needed:
                return other.place
        return None

    def _is_other_sex(self, document: Document, sentence: Sentence, i: int) -> bool:
        if self._sex is None or self._sex[0] == _SEXES[document.norms[i]]:
            return False
        before = document.norms[max(sentence.first, i - 2) : i]
        after = document.norms[i + 1] if i + 1 < sentence.last else ""
        return not _POINTS.isdisjoint(before) and after not in _NOT_A_PERSON


def _place(field: str, document: Document, token: int) -> Place:
    return Place(field, document.starts[token], document.ends[token])


def _beside(document: Document, token: int, row: str, first: int, last: int) -> frozenset[str]:
    """The telling words near a token, in its part of the sentence, that are not of its row."""
    norms, table, found = document.norms, _table(), []
    for reach, ends in (
        (range(token - 1, max(first, token - _REACH) - 1, -1), _BEGINNINGS),
        (range(token + 1, min(last, token + _REACH + 1)), _ENDS),
    ):
        for i in reach:
            if norms[i] in ends:
                break
            found.append(norms[i])
    return frozenset(
        word
        for word in found
        if word[:1].isalpha()
        and word not in VAGUE
        and (word not in table or all(row != other for other, _ in table[word]))
    )


@cache
def _table() -> Mapping[str, tuple[_Side, ...]]:
    """The rows and sides of each word, in normal form."""
    found: dict[str, list[_Side]] = {}
    for number, (kind, sides) in enumerate(
        table_rows("reward_service.grounding", "contraries.tsv")
    ):
        for side, words in enumerate(sides.split("|")):
            for word in dict.fromkeys(map(normalize_token, words.split())):
                found.setdefault(word, []).append((f"{kind} {number}", side))
    return {word: tuple(rows) for word, rows in found.items()}


@cache
def _words_of_rows() -> Mapping[str, tuple[tuple[str, int], ...]]:
    """The words of each row, with their sides."""
    found: dict[str, list[tuple[str, int]]] = {}
    for word, sides in _table().items():
        for row, side in sides:
            found.setdefault(row, []).append((word, side))
    return {row: tuple(words) for row, words in found.items()}

"""Other names of an answer option: the class that it belongs to, and what it is for.

"Nitrates would take away his preload" speaks of nitroglycerin, and "this is not migraine" of
sumatriptan. A name counts in a case only where it tells options apart, and words of the case are
left to it: "her beta blocker" is the one that she takes.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from reward_service.grounding.class_tables import Phrase, Table, by_first_word, default_table
from reward_service.grounding.wording import UNTELLING
from reward_service.text.document import Document

# Before a singular name: one of several that it could be.
_DEFINITE = frozenset({"the", "this", "that", "her", "his", "their", "its"})
_OTHER = frozenset({"other", "another", "different"})  # not the one that is an option
_IRREGULAR_PLURALS = ("i", "bacteria", "protozoa")


class OtherName(NamedTuple):
    """A name in a text: its first token, the options, and whether it is a use or a class."""

    token: int
    letters: frozenset[str]
    is_use: bool


class OptionClasses:
    """Finds the other names of a case's options in a text; built once for each case.

    `options`: the normal forms of each option's words, in order. `known`: the case's words.
    """

    def __init__(self, options: Mapping[str, Sequence[str]], known: frozenset[str]) -> None:
        self._table = default_table()
        words = {
            letter: tuple(norm for norm in norms if norm[:1].isalnum())
            for letter, norms in options.items()
        }
        self._taken = known.union(*words.values())
        by_class, by_use = _names_of(words, self._table)
        members, self._endings, self._beginnings = _members_of(words, self._table)
        self._names: Mapping[str, Sequence[Phrase]] = self._table.names
        if members:
            listed = [name for names in self._table.names.values() for name in names]
            self._names = by_first_word([*listed, *members])
            for phrase, letters in members.items():
                by_class.setdefault(phrase, set()).update(letters)
        self._by_class = _telling(by_class, words, known)
        self._by_use = _telling(by_use, words, known)

    def in_document(self, document: Document) -> dict[int, list[OtherName]]:
        """What each sentence names so, by the sentence's first token.

        The longest name counts: "loop diuretics" are not just diuretics, and the virus of "rabies
        virus" is that one. "The diuretic" names no option where several are diuretics.
        """
        if not (self._by_class or self._by_use or self._endings or self._beginnings):
            return {}
        places = [i for i, norm in enumerate(document.norms) if norm]
        words = [document.norms[i] for i in places]
        firsts = [sentence.first for sentence in document.sentences]
        found: dict[int, list[OtherName]] = {}
        for name in (*self._named(document, words, places), *self._members(words, places)):
            first = firsts[max(bisect_right(firsts, name.token) - 1, 0)]
            found.setdefault(first, []).append(name)
        return found

    def _named(
        self, document: Document, words: list[str], places: list[int]
    ) -> Iterator[OtherName]:
        """The names of classes and uses; `places[i]` is the token of `words[i]`."""
        starts = [mention.first for mention in document.mentions]
        names, free = self._names, 0
        for i in [i for i, word in enumerate(words) if word in names]:
            name = self._longest(words, i, document.text[_span(document, places[i])])
            if i < free or name is None:
                continue
            free = i + len(name)
            first, last = places[i], places[free - 1]
            letters = self._by_class.get(name, frozenset())
            before = words[i - 1] if i else ""
            plural = _is_plural(document.text[_span(document, last)], name)
            if letters and not (
                before in _OTHER
                or (len(letters) > 1 and before in _DEFINITE and not plural)
                or _is_part_of_another(document, starts, first, last)
            ):
                yield OtherName(first, letters, is_use=False)
            if letters := self._by_use.get(name, frozenset()):
                yield OtherName(first, letters, is_use=True)

    def _longest(self, words: list[str], i: int, surface: str) -> Phrase | None:
        """The longest name that begins at word i, of whatever class."""
        for name in self._names[words[i]]:
            if tuple(words[i : i + len(name)]) == name:
                spelling = self._table.spelled.get(name)
                if spelling is None or surface.lower() == spelling:
                    return name
        return None

    def _members(self, words: list[str], places: list[int]) -> Iterator[OtherName]:
        """The words with an ending or beginning of a class that is itself an option."""
        for affixes, has in ((self._endings, str.endswith), (self._beginnings, str.startswith)):
            any_of = tuple(affixes)
            for i in [i for i, word in enumerate(words) if any_of and has(word, any_of)]:
                for affix, letters in affixes.items():
                    if has(words[i], affix) and words[i] not in self._taken:
                        yield OtherName(places[i], frozenset(letters), is_use=False)


def _names_of(
    words: Mapping[str, Phrase], table: Table
) -> tuple[dict[Phrase, set[str]], dict[Phrase, set[str]]]:
    """The options by the names of their classes, and by their uses."""
    by_class: dict[Phrase, set[str]] = {}
    by_use: dict[Phrase, set[str]] = {}
    for letter, option in words.items():
        for row in table.rows_of(option):
            names = by_use if row.is_use else by_class
            for name in row.names:
                names.setdefault(name, set()).add(letter)
    return by_class, by_use


def _members_of(
    words: Mapping[str, Phrase], table: Table
) -> tuple[dict[Phrase, set[str]], dict[str, set[str]], dict[str, set[str]]]:
    """The options that are a whole class themselves: by its members, their endings, beginnings."""
    members: dict[Phrase, set[str]] = {}
    endings: dict[str, set[str]] = {}
    beginnings: dict[str, set[str]] = {}
    for letter, option in words.items():
        for row in table.classes_named(tuple(w for w in option if w not in UNTELLING)):
            for phrase in row.phrases:
                members.setdefault(phrase, set()).add(letter)
            for ending in row.endings:
                endings.setdefault(ending, set()).add(letter)
            for beginning in row.beginnings:
                beginnings.setdefault(beginning, set()).add(letter)
    return members, endings, beginnings


def _telling(
    named: Mapping[Phrase, set[str]], words: Mapping[str, Phrase], known: frozenset[str]
) -> dict[Phrase, frozenset[str]]:
    """The names that the case leaves free, and that tell some options from the rest.

    A name that stands in one option's own text is that option's; in several, no class.
    """
    kept = {}
    for name, letters in named.items():
        if known.issuperset(name):
            continue
        own = {letter for letter, option in words.items() if set(name) <= set(option)}
        if len(own) <= 1 and len(own or letters) < len(words):
            kept[name] = frozenset(own or letters)
    return kept


def _span(document: Document, token: int) -> slice:
    return slice(document.starts[token], document.ends[token])


def _is_part_of_another(document: Document, starts: list[int], first: int, last: int) -> bool:
    """Whether the tokens lie in a longer term, which names something of its own: the "virus" of
    "rabies virus"."""
    at = bisect_right(starts, first) - 1
    if at < 0:
        return False
    mention = document.mentions[at]
    return mention.last > last and (mention.first < first or mention.last > last + 1)


def _is_plural(surface: str, name: Phrase) -> bool:
    surface = surface.lower()
    return surface.endswith(_IRREGULAR_PLURALS) or (surface.endswith("s") and surface != name[-1])

"""The tables of classes and uses (`classes.tsv`, `uses.tsv`), by the words of both sides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

from reward_service.text.normalize import normalize_token
from reward_service.text.tables import table_lines

Phrase = tuple[str, ...]
_STEM = 3  # letters that a word has at least beside an ending or a beginning


class Row(NamedTuple):
    """A class or a use: its names, and what belongs to it.

    `names` and `phrases` are normal forms; `endings` and `beginnings` are those of single words.
    """

    names: frozenset[Phrase]
    phrases: frozenset[Phrase]
    endings: frozenset[str]
    beginnings: frozenset[str]
    is_use: bool


class Table:
    """All rows.

    Attributes: `names_with` (the names that hold a word), `spelled` (the spelling of those that
    count in one spelling alone).
    """

    def __init__(self, rows: Iterable[Row], spelled: Mapping[Phrase, str]) -> None:
        self.spelled = spelled
        self._members: dict[str, list[tuple[Phrase, Row]]] = {}
        self._named: dict[Phrase, list[Row]] = {}
        self._endings: dict[str, list[Row]] = {}
        self._beginnings: dict[str, list[Row]] = {}
        for row in rows:
            for phrase in sorted(row.phrases):
                self._members.setdefault(phrase[0], []).append((phrase, row))
            for name in sorted(row.names):
                self._named.setdefault(name, []).append(row)
            for ending in sorted(row.endings):
                self._endings.setdefault(ending, []).append(row)
            for beginning in sorted(row.beginnings):
                self._beginnings.setdefault(beginning, []).append(row)
        self.names_with: dict[str, list[Phrase]] = {}
        for name in self._named:
            for word in name:
                self.names_with.setdefault(word, []).append(name)
        self._any_ending = tuple(self._endings)
        self._any_beginning = tuple(self._beginnings)

    def rows_of(self, words: Phrase) -> Iterator[Row]:
        """The rows that a text of these normal forms is a member of, some of them repeatedly."""
        for i, word in enumerate(words):
            for phrase, row in self._members.get(word, ()):
                if words[i : i + len(phrase)] == phrase:
                    yield row
            if word.endswith(self._any_ending):
                for ending, rows in self._endings.items():
                    if word.endswith(ending) and len(word) >= len(ending) + _STEM:
                        yield from rows
            if word.startswith(self._any_beginning):
                for beginning, rows in self._beginnings.items():
                    if word.startswith(beginning) and len(word) >= len(beginning) + _STEM:
                        yield from rows

    def classes_named(self, words: Phrase) -> list[Row]:
        """The classes whose name is just these words."""
        return [row for row in self._named.get(words, ()) if not row.is_use]


def by_first_word(phrases: Iterable[Phrase]) -> dict[str, tuple[Phrase, ...]]:
    """The phrases by their first word, longest first."""
    found: dict[str, set[Phrase]] = {}
    for phrase in phrases:
        found.setdefault(phrase[0], set()).add(phrase)
    return {
        first: tuple(sorted(group, key=lambda phrase: (-len(phrase), phrase)))
        for first, group in found.items()
    }


@cache
def default_table() -> Table:
    """The tables of this package."""
    package = "reward_service.grounding"
    return parse_tables(table_lines(package, "classes.tsv"), table_lines(package, "uses.tsv"))


def parse_tables(classes: Iterable[str], uses: Iterable[str]) -> Table:
    """The rows of both tables. Raises ValueError for a row of another form, for a class that is
    listed twice or not at all, and for classes that hold each other."""
    cells = [_cells(line) for line in classes]
    members: dict[str, list[str]] = {}
    for names, content in cells:
        if names[0] in members:
            raise ValueError(f"classes: {names[0]!r} is listed twice")
        members[names[0]] = content
    spelled: dict[Phrase, str] = {}
    rows = []
    for names, content in cells:
        spelled |= {_phrase(name[1:]): name[1:] for name in names if name[0] == "="}
        title = frozenset(_phrase(name.removeprefix("=")) for name in names)
        rows.append(_row(title, _expanded(content, members, (names[0],)), is_use=False))
    for line in uses:
        things, purposes = _cells(line)
        wanted = frozenset(map(_phrase, purposes))
        rows.append(_row(wanted, _expanded(things, members, ()), is_use=True))
    return Table(rows, spelled)


def _cells(line: str) -> tuple[list[str], list[str]]:
    left, tab, right = line.partition("\t")
    if not left or not tab or not right or "\t" in right:
        raise ValueError(f"classes: expected two columns, got {line!r}")
    return left.split("|"), right.split("|")


def _expanded(
    content: Iterable[str], members: Mapping[str, list[str]], within: tuple[str, ...]
) -> Iterator[str]:
    """The members, with those of other classes ("@title") in their place."""
    for member in content:
        if not member.startswith("@"):
            yield member
            continue
        title = member[1:]
        if title in within or title not in members:
            raise ValueError(f"classes: {member!r} is not a class that can stand here")
        yield from _expanded(members[title], members, (*within, title))


def _row(names: frozenset[Phrase], content: Iterable[str], *, is_use: bool) -> Row:
    listed = frozenset(content)
    endings = frozenset(member[1:] for member in listed if member.startswith("-"))
    beginnings = frozenset(member[:-1] for member in listed if member.endswith("-"))
    phrases = frozenset(_phrase(m) for m in listed if not (m.startswith("-") or m.endswith("-")))
    return Row(names, phrases, endings, beginnings, is_use)


def _phrase(text: str) -> Phrase:
    return tuple(normalize_token(word) for word in text.split(" "))

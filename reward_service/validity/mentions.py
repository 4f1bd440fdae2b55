"""Mentions labelled by reading them, for the polarity test.

`labels/sentences.tsv` has sentences of our own with their labels in brackets. `labels/mentions.tsv`
has labels of mentions in data sets, without any text: file, row, which text of the row, start, end,
polarity, flags; the text is looked up in the data.

What the labels mean:
    absent        the text says that the thing is not there; everything else is present
    family        it is someone else's
    past          it is told as history, or as over; judged for the patient's own things only
    hypothetical  it is feared, expected, looked for or conditional, not said to be so
    general       it is true of people at large, not said of this patient
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from typing import NamedTuple

PRESENT = "present"
ABSENT = "absent"
FAMILY = "family"
PAST = "past"
OTHER = frozenset({"hypothetical", "general"})
"""The flags of what is not said of this case."""

_FLAGS = OTHER | {FAMILY, PAST}
_MARKED = re.compile(r"\[([^\]|]+)\|([a-z+]+)\]")


class Labelled(NamedTuple):
    """A labelled mention in its text. `narrative`: the text is a case, not an answer.

    key: the question (or own sentence) that it belongs to. group: its construction or data set.
    """

    key: str
    group: str
    text: str
    narrative: bool
    start: int
    end: int
    polarity: str
    flags: frozenset[str]


class Place(NamedTuple):
    """A labelled mention of a data set: where it stands, and its label."""

    file: str
    row: int
    which: str  # "question" or "explanation"
    start: int
    end: int
    polarity: str
    flags: frozenset[str]


def own_mentions() -> list[Labelled]:
    """The mentions of our own sentences."""
    return [
        mention
        for number, (group, kind, marked) in enumerate(_lines("sentences.tsv"))
        for mention in _of_sentence(f"own:{number}", group, kind == "case", marked)
    ]


def places() -> list[Place]:
    """The labelled places of all data sets, in order of file and row."""
    return [
        Place(file, int(row), which, int(start), int(end), polarity, _flags(flags))
        for file, row, which, start, end, polarity, flags in _lines("mentions.tsv")
    ]


def looked_up(
    places: Iterable[Place], texts: Mapping[tuple[str, int, str], tuple[str, str]]
) -> list[Labelled]:
    """The places of these texts, by (file, row, which) → (question's key, text).

    A place outside of its text (another version of the file) is left out.
    """
    found = []
    for place in places:
        key, text = texts.get((place.file, place.row, place.which), ("", ""))
        if place.end <= len(text):
            narrative = place.which == "question"
            span = place.start, place.end
            label = place.polarity, place.flags
            found.append(Labelled(key, place.file, text, narrative, *span, *label))
    return found


def _of_sentence(key: str, group: str, narrative: bool, marked: str) -> Iterator[Labelled]:
    text, last = "", 0
    spans: list[tuple[int, int, str]] = []
    for match in _MARKED.finditer(marked):
        text += marked[last : match.start()]
        spans.append((len(text), len(text) + len(match[1]), match[2]))
        text += match[1]
        last = match.end()
    text += marked[last:]
    for start, end, label in spans:
        polarity, _, flags = label.partition("+")
        yield Labelled(key, group, text, narrative, start, end, polarity, _flags(flags, "+"))


def _flags(text: str, separator: str = ",") -> frozenset[str]:
    flags = frozenset(text.split(separator)) - {""}
    if not flags <= _FLAGS:
        raise ValueError(f"unknown flags in a label: {sorted(flags - _FLAGS)}")
    return flags


def _lines(name: str) -> list[list[str]]:
    text = (files("reward_service.validity") / "labels" / name).read_text("utf-8")
    return [line.split("\t") for line in text.splitlines() if line and line[0] != "#"]

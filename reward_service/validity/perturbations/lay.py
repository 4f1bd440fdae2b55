"""Common findings and drugs in clinical and in lay words, from tables written by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from reward_service.text.tables import table_rows

SYMPTOM = "symptom"
SIGN = "sign"
ILLNESS = "illness"
HABIT = "habit"
DRUG = "drug"


class Thing(NamedTuple):
    """Something that a case may state: a finding, an illness, a habit, or a drug.

    kind: one of the kinds above. group: things of one group are alike, and no fair swap.
    term: its clinical name, with an article where one is needed. noun: the same in lay words.
    present, absent: what the patient does in lay words ("has been coughing"), "" where no verb
    fits; "{his}" stands for the pronoun. normal: a clause that rules it out without its name ("the
    skin is unremarkable"), or "".
    """

    term: str
    kind: str
    group: str
    pattern: re.Pattern[str]
    noun: str
    present: str
    absent: str
    normal: str = ""


@cache
def things() -> tuple[Thing, ...]:
    """All rows of the tables, findings before drugs."""
    return (*_findings(), *_drugs())


@lru_cache(maxsize=1 << 14)
def find_things(text: str) -> tuple[tuple[Thing, re.Match[str]], ...]:
    """Every place where a text names a thing in clinical words, by thing and position."""
    return tuple((thing, match) for thing in things() for match in thing.pattern.finditer(text))


def bare(noun: str) -> str:
    """A noun phrase without its article."""
    return re.sub(r"^(?:an?|the) ", "", noun)


def _findings() -> Iterator[Thing]:
    for row in _rows("lay.tsv"):
        term, kind, group, pattern, noun, present, absent, normal = row
        yield Thing(term, kind, group, _whole_words(pattern), noun, present, absent, normal)


def _drugs() -> Iterator[Thing]:
    for family, names in _rows("drugs.tsv"):
        for name in names.split():
            yield Thing(name, DRUG, family, _whole_words(name), f"{name} tablets", "", "")


def _rows(name: str) -> list[list[str]]:
    return table_rows("reward_service.validity.perturbations", name)


def _whole_words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])", re.IGNORECASE)

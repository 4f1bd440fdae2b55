"""Reads real texts: their sentences, and which of them tell of the case and not of medicine."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable
from functools import cache

from reward_service.text.tables import table_rows
from reward_service.validity.baselines import content_words
from reward_service.validity.perturbations.base import Setting
from reward_service.validity.perturbations.lay import find_things
from reward_service.validity.perturbations.stated import polarity

_ENDS = re.compile(r"(?<=[.?!])[\"”]*\s+(?=[A-Z0-9])|\n+|(?<=[a-z)]\.)(?=[A-Z][a-z])")
_PATIENT = re.compile(
    r"\b(?:patient|he|she|his|her|him|wom[ae]n|m[ae]n|child|boy|girl|lady|gentleman|infant|baby"
    r"|neonate|newborn|(?:fe)?male|primigravida|adult|(?:this|given|present) (?:case|scenario"
    r"|vignette|question|picture|history)|we have|here|we are told|examination"
    r"|there (?:is|was|are|were) no)\b"
    r"|^(?:the|this|these) [\w -]{3,40} (?:suggests?|indicates?|points?|makes?)\b",
    re.IGNORECASE,
)
# What says how things are in general, or only might be.
_GENERAL = re.compile(
    r"\b(?:usually|often|typically|generally|commonly|frequently|most (?:common|frequent)\w*|can"
    r"|may|might|could|would|should|must|if|unless|patients|people|children|women|men|cases"
    r"|individuals|characteri[sz]ed|defined as|refers to|in general|also known|also called)\b|\?",
    re.IGNORECASE,
)
_TRITE = re.compile(
    r"patients?|years?|old|wom[ae]n|m[ae]n|(?:fe)?male|child|boy|girl|history|following|likely"
    r"|diagnosis|case|questions?|answer|option|present(?:s|ed)?|complain\w*|exam\w*|physical"
    r"|findings?|show(?:s|ed)?|given|normal|clinical|symptoms?|signs?|tests?|treatment"
)
# What a sentence shares with the case when it tells of it, without and with naming the patient.
_ECHOED = 3  # words
_SHARE, _SHARE_OF_PATIENT = 0.45, 0.3  # of its words that no option has
_RELATIVE = re.compile(
    r"\b(?:mother|father|parents?|brother|sister|siblings?|uncle|aunt|cousin|wife|husband|famil\w+"
    r"|son|daughter|relatives?|grand\w+)\b",
    re.IGNORECASE,
)


def parts(text: str) -> list[str]:
    """The sentences and lines of a real text; experts leave out blanks after full stops."""
    return [part.strip() for part in _ENDS.split(text) if part.strip()]


@cache
def case_words(case: str, options: str) -> frozenset[str]:
    """Content words of a case that say something of it, without those of its options."""
    said = content_words(case) - content_words(options)
    return frozenset(word for word in said if not _TRITE.fullmatch(word))


def echoes(text: str, setting: Setting) -> frozenset[str]:
    """The words of the case that a text repeats."""
    words = case_words(setting.case, " ".join(setting.options.values()))
    return content_words(text) & words


def is_general(sentence: str) -> bool:
    """Whether a sentence says how things are in general, or might be."""
    return bool(_GENERAL.search(sentence))


def tells(sentence: str, setting: Setting) -> bool:
    """Whether a sentence says of this patient what the case says."""
    if is_general(sentence) or _RELATIVE.search(sentence):
        return False
    said, words = echoes(sentence, setting), content_words(sentence)
    own = words - content_words(" ".join(setting.options.values()))
    patient = bool(_PATIENT.search(sentence))
    few, share = (1, _SHARE_OF_PATIENT) if patient else (_ECHOED, _SHARE)
    if len(said) < few or len(said) < share * len(own):
        return False
    stated = dict(setting.stated.things)
    return all(
        polarity(sentence, thing, match) in (None, stated[thing])
        for thing, match in find_things(sentence)
        if thing in stated
    )


def telling(text: str, setting: Setting) -> list[str]:
    """The sentences of a text that tell of the case."""
    return [part for part in parts(text) if tells(part, setting)]


def change_one(
    text: str,
    setting: Setting,
    changes: Callable[[str], Iterable[str]],
    rng: random.Random,
) -> str | None:
    """The text with one of the changes of one telling sentence; None where there is none."""
    able = [
        (said, to)
        for said in telling(text, setting)
        for to in changes(said)
        if to != said and text.count(said) == 1
    ]
    if not able:
        return None
    said, to = rng.choice(able)
    return text.replace(said, to)


def rows_of(name: str) -> list[list[str]]:
    """The rows of a table of this package, without its header."""
    return table_rows("reward_service.validity.perturbations", name)

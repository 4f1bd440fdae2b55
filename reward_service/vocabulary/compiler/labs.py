"""From a row of labs.tsv to what texts write: "elevated serum sodium", "platelet count is low"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

_HIGH = ("elevated", "high", "increased", "raised")
_LOW = ("low", "decreased", "reduced")
_NORMAL = ("normal",)
_VERBS = ("is", "are", "was", "were")
# Said of a quantity, but not before its name ("up sodium").
_HIGHER = ("up", "rising", "too high", "above normal")
_LOWER = ("down", "falling", "too low", "below normal", "diminished")


class Lab(NamedTuple):
    """A measured quantity. An empty target means that no one finding goes with it."""

    names: tuple[str, ...]
    high: str
    low: str
    normal: str  # what a normal value says is absent


class Phrase(NamedTuple):
    """A statement about a quantity and the finding that it names or, if `absent`, denies."""

    surface: str
    target: str
    absent: bool = False


def phrases(lab: Lab) -> Iterator[Phrase]:
    """Every statement that the row stands for, in a fixed order."""
    for name in lab.names:
        for target, words, predicates in ((lab.high, _HIGH, _HIGHER), (lab.low, _LOW, _LOWER)):
            if target:
                yield from (
                    Phrase(f"{name} {verb} {word}", target)
                    for word in predicates
                    for verb in _VERBS
                )
                yield from (Phrase(text, target) for text in _surfaces(name, words))
                yield from (Phrase(text, target, absent=True) for text in _denials(name, words))
        if lab.normal:
            yield from (Phrase(text, lab.normal, absent=True) for text in _surfaces(name, _NORMAL))


def _denials(name: str, words: tuple[str, ...]) -> Iterator[str]:
    for word in words:
        for verb in _VERBS:
            yield f"{name} {verb} not {word}"


def _surfaces(name: str, words: tuple[str, ...]) -> Iterator[str]:
    # Plurals need no forms of their own: texts and terms are compared in the singular.
    for word in words:
        yield f"{word} {name}"
        yield f"{word} serum {name}"
        yield f"{word} {name} level"
        yield f"{word} level of {name}"
        for verb in _VERBS:
            yield f"{name} {verb} {word}"
            yield f"{name} level {verb} {word}"
            yield f"serum {name} {verb} {word}"

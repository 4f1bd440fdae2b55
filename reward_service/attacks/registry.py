"""Attacks by name. A new attack is one decorated function in a file of `families/`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from types import MappingProxyType
from typing import Literal, get_args

from reward_service.attacks.subjects import Subject

Make = Callable[[Subject, Sequence[Subject], Random], str | None]
"""(subject, other subjects, seeded randomness) → the cheat's completion, or None where the attack
does not apply to this subject."""

Family = Literal[
    "copying",
    "listing",
    "options",
    "empty",
    "answers",
    "disguise",
    "length",
    "additions",
    "another hand",
]
FAMILY_MEANINGS: Mapping[Family, str] = {
    "copying": "the case itself in place of reasoning",
    "listing": "findings, numbers or terms without reasoning",
    "options": "the same treatment for every option",
    "empty": "words that say nothing about this case",
    "answers": "tricks with the answer",
    "disguise": "the same cheats in other characters, tags or languages",
    "length": "very short and very long",
    "additions": "honest reasoning with something added that is none",
    "another hand": "kept apart: thought of by someone who had not seen the rules",
}
assert tuple(FAMILY_MEANINGS) == get_args(Family)


@dataclass(frozen=True, slots=True)
class Attack:
    """One way to cheat. `meaning` is one line for tables."""

    name: str
    family: Family
    meaning: str
    make: Make


_registered: dict[str, Attack] = {}


def attack(family: Family, meaning: str) -> Callable[[Make], Make]:
    """Register the decorated function as an attack of its own name.

    Raises ValueError for a name that is taken.
    """

    def register(make: Make) -> Make:
        name = make.__name__
        if name in _registered:
            raise ValueError(f"an attack named {name!r} is registered already")
        _registered[name] = Attack(name, family, meaning, make)
        return make

    return register


def registered() -> Mapping[str, Attack]:
    """The attacks registered so far, in the order of registration."""
    return MappingProxyType(_registered)

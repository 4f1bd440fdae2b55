"""Small parts of every register: pronouns, values with their unit, and a frame by its choice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from reward_service.validity.perturbations import values as v
from reward_service.validity.perturbations.values import Value

_T = TypeVar("_T")


def spoken(value: Value) -> str:
    """A value with its unit, as in "38.9 °C", "110/min" or "3 weeks"."""
    if value.name in (v.AGE, v.DURATION):
        return f"{value.text} {value.unit}{'' if value.text == '1' else 's'}"
    return f"{value.text}{'' if value.unit[0] in '/%' else ' '}{value.unit}"


def pronouns(pronoun: str) -> dict[str, str]:
    """What {s}, {his} and {him} stand for."""
    if pronoun == "they":
        return {"s": "the patient", "his": "the patient's", "him": "the patient"}
    him, his = ("her", "her") if pronoun == "she" else ("him", "his")
    return {"s": pronoun, "his": his, "him": him}


def pick(frames: Sequence[_T], choice: int) -> _T:
    """The frame of a choice."""
    return frames[choice % len(frames)]


def capital(sentence: str) -> str:
    """The sentence with a capital first letter."""
    return sentence[:1].upper() + sentence[1:]

"""Sizes with more than one number: "3 x 4 x 5 cm", "a 2 by 3 cm mass"."""

from __future__ import annotations

import re
from typing import NamedTuple

from reward_service.analysis.units import Unit, read_number, read_unit

_TIMES = re.compile(r"\s?[x×*]\s?|\sby\s", re.IGNORECASE)
_LENGTHS = frozenset({"mm", "cm", "m", "in", "ft"})
_MOST = 3


class Length(NamedTuple):
    """One number of a product, from `start` to `end`; its unit may stand behind the last one."""

    start: int
    end: int
    value: float
    unit: Unit


def read_lengths(text: str, start: int, end: int, first: float) -> list[Length]:
    """The lengths of the product whose first number stands at `start` to `end`.

    At most three; empty where it is no product, or none of lengths.
    """
    numbers = [(start, end, first)]
    while len(numbers) < _MOST and (sign := _TIMES.match(text, numbers[-1][1])):
        number = read_number(text, sign.end())
        if number is None:
            return []
        numbers.append((sign.end(), number.end, number.value))
    unit = read_unit(text, numbers[-1][1]) if len(numbers) > 1 else None
    if unit is None or unit.name not in _LENGTHS:
        return []
    lengths = [Length(at, stop, value, unit) for at, stop, value in numbers]
    return [*lengths[:-1], lengths[-1]._replace(end=unit.end)]

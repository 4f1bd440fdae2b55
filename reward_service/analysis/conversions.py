"""What stands right after a measurement: the same in another unit, or a normal range."""

from __future__ import annotations

import re

from reward_service.analysis.quantities import Quantity
from reward_service.analysis.units import RANGE, Unit, read_number, read_unit

_BRACKET = re.compile(r"\s?[(\[]\s?(?:[~≈=]|about\s|or\s)?\s?")
_ALSO = re.compile(r"\s?[/=]\s?|\s?,?\sor\s")
_CLOSING = re.compile(r"[^()\[\]\n]{0,24}[)\]]")
_SLACK = 0.1  # share by which a writer's conversion may be off


def read_conversion(
    text: str, at: int, quantity: Quantity, unit: Unit | None, canonical: float
) -> tuple[int, int]:
    """Where a measurement that ends at `at` ends with "(102°F)" after it, and where to read on.

    The two differ after a bracket with a normal range, which is skipped but not taken in.
    `canonical` is the measured value in the quantity's unit.
    """
    bracket = _BRACKET.match(text, at)
    opening = bracket or _ALSO.match(text, at)
    number = read_number(text, opening.end()) if opening else None
    if number is None:
        return at, at
    other = read_unit(text, number.end)
    if other is not None and unit is not None and other.name != unit.name:
        converted = quantity.convert(number.value * other.scale, other.name)
        in_feet = other.name == "ft" and bracket is not None  # inches follow
        slack = _SLACK * max(abs(canonical), 1.0)
        if converted is not None and (in_feet or abs(converted - canonical) <= slack):
            if bracket is None:
                return other.end, other.end
            closing = _CLOSING.match(text, other.end)
            return (closing.end(), closing.end()) if closing else (at, other.end)
    if bracket and (match := RANGE.match(text, number.end)):
        upper = read_number(text, match.end())
        if upper is not None:
            upper_unit = read_unit(text, upper.end)
            return at, upper_unit.end if upper_unit else upper.end
    return at, at

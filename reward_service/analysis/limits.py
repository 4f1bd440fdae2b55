"""What a measured value means, where textbooks fix it (`limits.tsv`): 38.9 °C is fever."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from math import inf
from typing import NamedTuple

from reward_service.analysis.agreement import interval, quantity_of
from reward_service.text.document import Measurement, Polarity
from reward_service.text.tables import table_rows

ADULT = 30.0  # the age that is taken where a text tells none
_CHILD = re.compile(r"\b(?:newborn|neonat(?:e|al)|infant|toddler|preterm)", re.IGNORECASE)
_CHILD_AGE = 0.5
_BOUND = re.compile(r"(<=|>=|<|>)(-?[\d.]+)")


class Limit(NamedTuple):
    """One row: values in the interval mean the finding, at ages in [min_age, max_age)."""

    low: float
    low_open: bool
    high: float
    high_open: bool
    min_age: float
    max_age: float
    term: str
    polarity: Polarity

    def holds(self, low: float, high: float, strict_low: bool, strict_high: bool) -> bool:
        """Whether every value from `low` to `high` is in the interval; strict ends are left out."""
        above = low > self.low or (low == self.low and (not self.low_open or strict_low))
        below = high < self.high or (high == self.high and (not self.high_open or strict_high))
        return above and below


def _limit(row: list[str]) -> Limit:
    _, condition, ages, term, polarity, _ = row
    low, low_open, high, high_open = -inf, True, inf, True
    for sign, number in _BOUND.findall(condition):
        if sign[0] == ">":
            low, low_open = float(number), sign == ">"
        else:
            high, high_open = float(number), sign == "<"
    youngest, _, oldest = ages.partition("-")
    return Limit(
        low,
        low_open,
        high,
        high_open,
        float(youngest),
        float(oldest or inf),
        term,
        Polarity(polarity),
    )


@lru_cache(maxsize=1)
def load_limits() -> dict[str, tuple[Limit, ...]]:
    """Limits by quantity, read once a process."""
    limits: dict[str, list[Limit]] = {}
    for row in table_rows("reward_service.analysis", "limits.tsv"):
        limits.setdefault(row[0], []).append(_limit(row))
    return {quantity: tuple(rows) for quantity, rows in limits.items()}


def patient_age(measurements: Sequence[Measurement], text: str) -> float:
    """The patient's age in years: the first age stated, a newborn's where one is named, or 30."""
    for measurement in measurements:
        if measurement.quantity == "age" and measurement.comparison == "=":
            return measurement.value
    return _CHILD_AGE if _CHILD.search(text) else ADULT


def with_implications(
    measurements: Sequence[Measurement],
    text: str,
    lookup: Callable[[str], str | None],
    age: float | None = None,
) -> list[Measurement]:
    """The measurements with `implies` filled.

    `lookup` gives the concept id of a finding's name, or None if the vocabulary lacks it. `age` in
    years is the patient's; without it the text tells it (`patient_age`). Where the two numbers of
    a blood pressure speak for and against the same finding, the finding is present.
    """
    limits = load_limits()
    if not any(measurement.quantity in limits for measurement in measurements):
        return list(measurements)
    years = patient_age(measurements, text) if age is None else age
    filled = [_fill(measurement, limits, lookup, years) for measurement in measurements]
    for i in range(len(filled) - 1):
        if filled[i].quantity == "systolic_bp" and filled[i + 1].quantity == "diastolic_bp":
            filled[i], filled[i + 1] = _reconcile(filled[i], filled[i + 1])
    return filled


def _fill(
    measurement: Measurement,
    limits: dict[str, tuple[Limit, ...]],
    lookup: Callable[[str], str | None],
    age: float,
) -> Measurement:
    if not quantity_of(measurement).plausible(measurement.value):
        return measurement  # misread or misstated: it means nothing
    low, high = interval(measurement)
    strict = measurement.comparison in ("<", ">")
    implied: dict[str, Polarity] = {}
    for limit in limits.get(measurement.quantity, ()):
        if limit.min_age <= age < limit.max_age and limit.holds(low, high, strict, strict):
            concept = lookup(limit.term)
            if concept is not None and implied.get(concept) is not Polarity.PRESENT:
                implied[concept] = limit.polarity
    return measurement._replace(implies=tuple(sorted(implied.items()))) if implied else measurement


def _reconcile(first: Measurement, second: Measurement) -> tuple[Measurement, Measurement]:
    present = {
        concept
        for concept, polarity in (*first.implies, *second.implies)
        if polarity is Polarity.PRESENT
    }

    def kept(measurement: Measurement) -> Measurement:
        implies = tuple(
            (concept, polarity)
            for concept, polarity in measurement.implies
            if polarity is Polarity.PRESENT or concept not in present
        )
        return measurement._replace(implies=implies)

    return kept(first), kept(second)

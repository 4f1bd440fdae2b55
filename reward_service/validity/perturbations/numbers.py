"""Changes a number of the case to one that means something else, or its unit."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping

from reward_service.validity.perturbations import values as v
from reward_service.validity.perturbations.base import (
    FAITHFULNESS,
    Perturbation,
    Setting,
    speaks_of_patient,
)
from reward_service.validity.perturbations.plan import Plan
from reward_service.validity.perturbations.stated import sentences
from reward_service.validity.perturbations.values import Value

_NUMBER = re.compile(r"(?<![\w.,;/-])\d+(?:[.,]\d+)*(?:/\d+)?(?![\d/]|[.,]\d)")
_DEGREES = frozenset({"c", "f", "cel", "fah", "deg"})
_COLD = 30  # degrees; fewer are no temperature of a body
_WORD = re.compile(r"[^A-Za-z\n]{0,3}([A-Za-z]+)")
_OTHER_UNIT: Mapping[str, str] = {
    "g/dL": "mg/dL",
    "mg/dL": "g/dL",
    "hour": "week",
    "day": "month",
    "week": "year",
    "month": "day",
    "year": "week",
}


def number_in_plan(plan: Plan, setting: Setting, rng: random.Random) -> Plan | None:
    """One value gets another number."""
    able = [i for i, c in enumerate(plan.claims) if c.value is not None]
    if not able:
        return None
    index = rng.choice(able)
    value = plan.claims[index].value
    assert value is not None
    number = another_number(value, setting.case, rng)
    if number is None:
        return None
    return plan.with_claim(index, plan.claims[index]._replace(value=value._replace(text=number)))


def unit_in_plan(plan: Plan, setting: Setting, rng: random.Random) -> Plan | None:
    """One value gets another unit."""
    able = [i for i, c in enumerate(plan.claims) if c.value and c.value.unit in _OTHER_UNIT]
    if not able:
        return None
    index = rng.choice(able)
    value = plan.claims[index].value
    assert value is not None
    other = value._replace(unit=_OTHER_UNIT[value.unit])
    return plan.with_claim(index, plan.claims[index]._replace(value=other))


def number_in_text(text: str, setting: Setting, rng: random.Random) -> str | None:
    """A number of the case that a sentence about the patient states gets another value throughout.

    A number of an option is left alone, and so is one of a single digit, which may mean anything.
    """
    said = " ".join(filter(speaks_of_patient, sentences(text)))
    stated = _measured(setting.case) - _measured(" ".join(setting.options.values()))
    known = {value.text: value for value in setting.stated.values}
    able = sorted((n, unit) for n, unit in _measured(said) & stated if len(n) > 1)
    if not able:
        return None
    number, unit = rng.choice(able)
    name = v.TEMPERATURE if unit in _DEGREES and float(number) > _COLD else "number"
    value = known.get(number, Value(name, number, unit[:1].upper()))
    other = another_number(value, setting.case, rng)
    whole = re.compile(rf"(?<![\d.,/]){re.escape(number)}(?![\d/]|[.,]\d)")
    return None if other is None else whole.sub(other, text)


def _measured(text: str) -> set[tuple[str, str]]:
    """The numbers of a text, each with the beginning of the word that follows, mostly a unit."""
    return {
        (match[0], (unit[1] if (unit := _WORD.match(text, match.end())) else "")[:3].lower())
        for match in _NUMBER.finditer(text)
    }


def another_number(value: Value, case: str, rng: random.Random) -> str | None:
    """A number, written alike, that no reader takes for the same and that the case does not hold.

    It is at least a quarter away; None where there is none. A temperature leaves or enters the
    febrile range instead, a blood pressure the normal one.
    """
    if value.name == v.TEMPERATURE:
        return _temperature(value)
    if "/" in value.text:
        systolic, diastolic = map(int, value.text.split("/"))
        step = 40 if systolic < 130 else -45
        return f"{systolic + step}/{max(diastolic + step // 2, 30)}"
    if value.name == v.OXYGEN:
        return "82" if float(value.text) >= 90 else "98"
    factors = [0.3, 0.4, 0.5, 0.6, 1.6, 1.8, 2.2, 3.0]
    rng.shuffle(factors)
    others = [_scaled(value, factor) for factor in (*factors, 7.0)]
    return next((other for other in others if _is_new(value, other, case)), None)


def _scaled(value: Value, factor: float) -> str:
    decimals = len(value.text.partition(".")[2])
    number = float(value.text.replace(",", "")) * factor
    return f"{number:,.{decimals}f}" if "," in value.text else f"{number:.{decimals}f}"


def _is_new(value: Value, other: str, case: str) -> bool:
    number, before = float(other.replace(",", "")), float(value.text.replace(",", ""))
    if value.name == v.AGE and number > 95:
        return False
    stated = re.search(rf"(?<![\d.,]){re.escape(other)}(?![\d]|[.,]\d)", case)
    return number > 0 and abs(number - before) >= 0.25 * before and not stated


def _temperature(value: Value) -> str:
    celsius = float(value.text) < 50
    normal, febrile, limit = ("36.7", "39.6", 37.8) if celsius else ("98.1", "103.3", 100.0)
    return normal if float(value.text) >= limit else febrile


PERTURBATIONS = (
    Perturbation(
        name="changed number",
        meaning="a vital sign, laboratory value, age or duration has another number",
        fitting=FAITHFULNESS,
        goal=0.95,
        on_plan=number_in_plan,
        on_text=number_in_text,
    ),
    Perturbation(
        name="changed unit",
        meaning="a laboratory value or a time has another unit",
        fitting=FAITHFULNESS,
        goal=0.95,
        on_plan=unit_in_plan,
        on_text=None,
    ),
)

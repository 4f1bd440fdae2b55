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
from reward_service.validity.perturbations.real import parts, tells
from reward_service.validity.perturbations.values import Value

_NUMBER = re.compile(r"(?<![\w.,;/-])\d+(?:[.,]\d+)*(?:/\d+)?(?![\d/]|[.,]\d)")
_DEGREES = frozenset({"c", "f", "cel", "fah", "deg"})
_SHARE = "share"
_MOST: Mapping[str, float] = {v.AGE: 95, _SHARE: 100}
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
# Of real texts; the same for numbers of one and of many.
_OTHER_WORD: Mapping[str, str] = {
    **{"hour": "week", "hours": "weeks", "day": "month", "days": "months", "week": "year"},
    **{"weeks": "years", "month": "day", "months": "days", "year": "week", "years": "weeks"},
    **{"minutes": "days", "hrs": "weeks", "kg": "g", "mg": "g", "g": "mg", "cm": "mm", "mm": "cm"},
    **{"g/dl": "mg/dl", "gm/dl": "mg/dl", "mg/dl": "g/dl", "mmhg": "cm H2O", "mm hg": "cm H2O"},
    **{"cc": "liters", "ml": "liters", "%": " per mille", "/min": "/hour", "bpm": "beats an hour"},
}
_SHORT_UNITS = frozenset(
    ("yea", "mon", "wee", "day", "hou", "min", "mg", "g", "kg", "cm", "mm", "ml", "dia", "deg")
)


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

    A number of an option is left alone, and so is a single digit without a unit, which may mean
    anything.
    """
    known = {value.text: value for value in setting.stated.values}
    able = sorted(_shared(text, setting))
    if not able:
        return None
    number, unit = rng.choice(able)
    name = v.TEMPERATURE if unit in _DEGREES and float(number) > _COLD else "number"
    name = _SHARE if f"{number}%" in text else name
    value = known.get(number, Value(name, number, unit[:1].upper()))
    other = another_number(value, setting.case, rng)
    return None if other is None else _whole(number).sub(other, text)


def unit_in_text(text: str, setting: Setting, rng: random.Random) -> str | None:
    """A number of the case that a sentence about the patient states gets another unit."""
    able = []
    for number, _ in sorted(_shared(text, setting)):
        stated = {match[2].lower() for match in _with_unit(number).finditer(setting.case)}
        for match in _with_unit(number).finditer(text):
            if match[2].lower() in stated:
                able.append((match.start(2), match.end(2), _OTHER_WORD[match[2].lower()]))
    if not able:
        return None
    start, end, unit = rng.choice(able)
    return f"{text[:start]}{unit}{text[end:]}"


def _shared(text: str, setting: Setting) -> set[tuple[str, str]]:
    """The numbers, with the beginning of what follows, that the case has and the text tells."""
    said = "\n".join(part for part in parts(text) if _of_patient(part, setting))
    in_case, in_options = _measured(setting.case), _measured(" ".join(setting.options.values()))
    numbers = {number for number, _ in in_case} - {number for number, _ in in_options}
    return {
        (number, unit)
        for number, unit in _measured(said)
        if number in numbers
        and (len(number) > 1 or (unit in _SHORT_UNITS and (number, unit) in in_case))
    }


def _of_patient(part: str, setting: Setting) -> bool:
    return speaks_of_patient(part) or tells(part, setting)


def _with_unit(number: str) -> re.Pattern[str]:
    """(number)(unit): the number before one of the units that have a counterpart."""
    units = "|".join(sorted(map(re.escape, _OTHER_WORD), key=len, reverse=True))
    return re.compile(rf"{_whole(number).pattern}(\s?-?)({units})(?![\w/])", re.IGNORECASE)


def _whole(number: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\d.,/-]){re.escape(number)}(?![\d/]|[.,]\d)")


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
    if number > _MOST.get(value.name, number):
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
        on_text=unit_in_text,
    ),
)

"""What a number of days, weeks or years tells: an age, a week of gestation, a duration."""

from __future__ import annotations

import re

from reward_service.analysis.naming import Before, Value
from reward_service.analysis.units import Unit

_AGE_TAIL = re.compile(
    r"[\s-]{0,2}(?:old\b|of age\b)"
    r"|(?=[\s-](?:male|female|man|woman|boy|girl|lady|infant|child|baby)\b)"
)
_OF_A_PERSON = re.compile(
    r"\b(?:man|woman|boy|girl|lady|gentleman|male|female|child|infant|baby|person|patient) of\s$",
    re.IGNORECASE,
)
_LASTING = re.compile(r"['’]?\s(?:duration|history|evolution|standing|illness|pain)\b")
# "Her 30th post-transplant day", "postoperative day 5": so much time has gone by.
_ORDINAL = re.compile(r"(?:st|nd|rd|th)\s(?:[a-z]+(?:-[a-z]+)?\s)?(day|week|month)\b")
_DAY = re.compile(r"(?:(?<!\ba )(?<!\bper )(?<!\beach )(?<!\bevery )\bday|\bPOD)\s$", re.IGNORECASE)
_OLDER = re.compile(r"\b(?:older|younger) than\s$", re.IGNORECASE)
_GESTATION_TAIL = re.compile(
    r"['’]?(?:,?\s(?:and\s)?\d\sdays?)?[\s-](?:of\s|estimated\s)?"
    r"(?:gestation(?:al age)?\b|pregnan(?:t|cy)\b|(?:primi|multi)(?:gravida|para)\b)"
)
_NO_DURATION = re.compile(
    r"[\s-](?:urine|urinary|survival|risk|mortality|holter|ambulatory|incidence|prevalence)\b"
)
_UNITS = frozenset({"second", "minute", "hour", "day", "week", "month", "year"})
_BACK = 16  # characters


def read_counted(text: str, start: int, end: int, *, worded: bool) -> Unit | None:
    """The unit of a number that counts days or weeks since something, with where it ends."""
    if ordinal := _ORDINAL.match(text, end):
        return Unit(ordinal[1], 1.0, ordinal.end())
    if not worded and _DAY.search(text, max(0, start - _BACK), start):
        return Unit("day", 1.0, end)
    return None


def read_time(
    text: str, start: int, value: Value, before: Before, unit: Unit
) -> tuple[str, int] | None:
    """The quantity of a value of time, and where it ends; "" where it measures nothing.

    None where what stands before tells, or its unit is none of time.
    """
    if unit.name == "years old":
        return "age", unit.end
    if unit.name not in _UNITS:
        return None
    if tail := _AGE_TAIL.match(text, unit.end):
        return "age", tail.end()
    if tail := _GESTATION_TAIL.match(text, unit.end):
        return "gestational_age", tail.end()
    if before.quantity is not None and before.adjacent:
        return None
    if before.last_word == "every":
        return "interval", unit.end
    if _OLDER.search(text, max(0, start - _BACK), start):
        return "age", unit.end
    if _OF_A_PERSON.search(text, max(0, start - _BACK), start):
        return "duration" if _LASTING.match(text, unit.end) else "age", unit.end
    calendar = unit.name == "year" and 1900 <= value.low <= 2099
    if calendar or _NO_DURATION.match(text, unit.end):
        return "", unit.end
    return None if before.quantity is not None else ("duration", unit.end)

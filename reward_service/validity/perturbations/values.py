"""Numbers that a vignette states of the patient: age, vital signs, laboratory values, durations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple


class Value(NamedTuple):
    """A number with its unit. name: what is measured. text: the number as written."""

    name: str
    text: str
    unit: str


AGE = "age"
DURATION = "duration"
TEMPERATURE = "temperature"
PULSE = "pulse"
PRESSURE = "blood pressure"
BREATHING = "respiratory rate"
OXYGEN = "oxygen saturation"

_NUMBER = r"(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)(?![\d,.]*\d|/\d|%|-)"
_IS = r"(?: (?:is|was|of|at|shows?|level|levels|concentration))*:? (?:is |of )?"
_LABS = {
    "hemoglobin": "h(?:a)?emoglobin",
    "hematocrit": "hematocrit",
    "creatinine": "(?:serum )?creatinine",
    "sodium": r"(?:serum )?sodium|Na\+",
    "potassium": r"(?:serum )?potassium|K\+",
    "glucose": "(?:serum |fasting |blood )*glucose",
    "calcium": r"(?:serum )?calcium|Ca2\+",
    "bicarbonate": "bicarbonate|HCO3-",
    "platelet count": "platelet count|platelets",
    "leukocyte count": "leukocyte count|white blood cell count|WBC count",
    "urea nitrogen": "(?:blood )?urea nitrogen",
    "albumin": "albumin",
    "total bilirubin": "total bilirubin",
    "uric acid": "uric acid",
}
_FLUID = re.compile(
    r"\b(?:CSF|cerebrospinal|urin\w+|fluid|effusion|sputum|semen|stool|tap|puncture)\b",
    re.IGNORECASE,
)
_UNIT = r"\s?(g/dL|mg/dL|mEq/L|mmol/L|/mm3|/mm\^3|/µL|/μL|U/L|%)(?![\w/])"
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (AGE, re.compile(r"\b(\d+)-(year|month|week|day)-old\b")),
    (
        TEMPERATURE,
        re.compile(rf"\btemperature{_IS}(\d+(?:\.\d+)?)\s?(°\s?[CF])", re.IGNORECASE),
    ),
    (PULSE, re.compile(rf"\b(?:pulse|heart rate){_IS}(\d+)(/min| ?bpm)", re.IGNORECASE)),
    (PRESSURE, re.compile(rf"\bblood pressure{_IS}(\d+/\d+)( ?mm ?Hg)", re.IGNORECASE)),
    (
        BREATHING,
        re.compile(
            rf"\b(?:respirations(?: are)?|respiratory rate){_IS}?(\d+)(/min)", re.IGNORECASE
        ),
    ),
    (OXYGEN, re.compile(rf"\boxygen saturation{_IS}(\d+)(%)", re.IGNORECASE)),
    (
        DURATION,
        re.compile(r"\b(\d+)-(hour|day|week|month|year) history of\b"),
    ),
    (
        DURATION,
        re.compile(r"\b(?:for|over|during) the (?:past|last) (\d+) (hour|day|week|month|year)s\b"),
    ),
    *(
        (name, re.compile(rf"(?<![\w-])(?:{pattern}){_IS}{_NUMBER}{_UNIT}", re.IGNORECASE))
        for name, pattern in _LABS.items()
    ),
)


def find_values(text: str) -> Iterator[Value]:
    """The values of a vignette: of each name the first, and none that is stated twice differently.

    Durations are read only from the opening two sentences, which tell the present complaint.
    """
    opening = ". ".join(text.split(". ")[:2])
    for name, matches in _by_name(text, opening).items():
        values = {(m[1], m[2].strip()) for m in matches}
        if len(values) == 1:
            number, unit = values.pop()
            yield Value(name, number, unit)


def _by_name(text: str, opening: str) -> dict[str, list[re.Match[str]]]:
    found: dict[str, list[re.Match[str]]] = {}
    of_blood = " ".join(
        part for part in re.split(r"(?<=[.?!\n])\s", text) if not _FLUID.search(part)
    )
    for name, pattern in _PATTERNS:
        where = opening if name in (AGE, DURATION) else of_blood
        matches = list(pattern.finditer(where))
        if matches:
            found.setdefault(name, []).extend(matches[:1] if name == AGE else matches)
    return found

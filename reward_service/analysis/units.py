"""Numbers and units as clinical English writes them.

`read_number` and `read_unit` look at one place of a text and never search, so the cost of reading
a measurement does not grow with the text. A unit is returned under one name, whatever its
spelling ("mcg", "ug" and "μg" are "µg"; "per cubic millimetre" is "/µL"), with the factor that a
multiplier in front of it states ("x 10^9/L" is 1e9 and "/L"). Converting between units is a matter
of the quantity, and is done in `quantities`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_ONES = "one|two|three|four|five|six|seven|eight|nine"
_TEENS = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"

NUMBER_WORDS: dict[str, int] = {
    **{word: 10 * tens for tens, word in enumerate(_TENS.split("|"), start=2)},
    **{word: 10 + ones for ones, word in enumerate(_TEENS.split("|"))},
    **{word: ones for ones, word in enumerate(_ONES.split("|"), start=1)},
}
# Thousands may be set off by a comma or a thin space, and hundreds of thousands the Indian way
# ("3,75,000"). A plain space would join table cells.
_MORE_DIGITS = (
    r"(?:[0-9]{0,2}(?:(?:,[0-9]{3}){1,4}(?:\.[0-9]{1,4})?|(?:[\u2009\u202f][0-9]{3}){1,3})"
    r"|[0-9]?(?:,[0-9]{2}){1,2},[0-9]{3}"
    r"|[0-9]{0,8}(?:\.[0-9]{1,6})?)(?![0-9^]|[.,][0-9])"
)
# A number that is not part of a name (T4, HLA-B27, Ca+2), a version or a longer number. What
# stands before is checked after the first digit, so that the search skips quickly to digits.
NUMBER = re.compile(
    rf"[0-9](?<![\w.^][0-9])(?<![0-9],[0-9])(?<![A-Za-z0-9][-+][0-9]){_MORE_DIGITS}"
)
# A number against a letter, and the names before which that is a value: "Hb12.3", "BP120/80". One
# letter would be too little ("T4", "K1").
GLUED = re.compile(rf"[0-9](?<=[A-Za-z][0-9]){_MORE_DIGITS}")
GLUED_NAME = re.compile(
    r"(?<![\w-])(?:Hb|Hgb|Hct|WBC|Plt|BP|HR|RR|Temp|Na|Cl|BUN|Cr|Creat|Glu|Sats?|INR|CRP|ESR)\Z"
)
GLUED_LONGEST = 6  # letters of such a name, and the one before it
WORDED = re.compile(rf"\b(?:(?:{_TENS})(?:[\s-](?:{_ONES}))?|{_TEENS}|{_ONES})\b", re.IGNORECASE)
_NEXT_NUMBER = re.compile(rf"[0-9]{_MORE_DIGITS}|{WORDED.pattern}", re.IGNORECASE)

# Between the ends of a range: "2-3", "2 to 3", "6- to 8-week".
RANGE = re.compile(r"\s?-?\s?(?:to|or|through)\s|\s?[-–—]\s?")

_NAMED_VALUE = re.compile(r"\s[0-9]")


class Number(NamedTuple):
    """A number and where it ends."""

    value: float
    end: int


class Unit(NamedTuple):
    """A unit by its one name, the factor of its multiplier, and where it ends."""

    name: str
    scale: float
    end: int


def number_value(written: str) -> float:
    """The value of a match of `NUMBER` or `WORDED`.

    >>> number_value("15,000"), number_value("twenty-four")
    (15000.0, 24.0)
    """
    if written[0].isdigit():
        return float(written.replace(",", "").replace("\u2009", "").replace("\u202f", ""))
    return float(sum(NUMBER_WORDS[part] for part in re.split(r"[\s-]", written.lower())))


def read_number(text: str, at: int) -> Number | None:
    """The number that starts at `at`, in digits or words."""
    match = _NEXT_NUMBER.match(text, at)
    if match is None:
        return None
    return Number(number_value(match.group()), match.end())


# One name for each spelling. Keys are compared in lower case, except those of _CASED.
_SPELLINGS: dict[str, str] = {
    "kg": "kg kgs kilo kilos kilogram kilograms kilogramme kilogrammes",
    "g": "g gm gms gram grams gramme grammes",
    "mg": "mg mgs milligram milligrams",
    "µg": "µg μg mcg ug microgram micrograms",
    "ng": "ng nanogram nanograms",
    "pg": "pg picogram picograms",
    "lb": "lb lbs pound pounds",
    "oz": "oz ounce ounces",
    "mmol": "mmol mmols millimole millimoles",
    "µmol": "µmol μmol umol mcmol micromol micromole micromoles",
    "nmol": "nmol",
    "pmol": "pmol",
    "mol": "mol",
    "mEq": "meq meqs milliequivalent milliequivalents",
    "mOsm": "mosm mosmol",
    "unit": "unit units",
    "IU": "iu",
    "mIU": "miu",
    "µIU": "µiu μiu uiu",
    "mU": "mu",
    "µU": "µu μu uu",
    "mL": "ml mls cc millilitre milliliter millilitres milliliters",
    "L": "l liter liters litre litres",
    "dL": "dl",
    "fL": "fl",
    "µm3": "µm3 μm3 um3 µm^3 μm^3 um^3 µm³ μm³ um³",
    "cm": "cm cms centimeter centimeters centimetre centimetres",
    "mm": "mm millimeter millimeters millimetre millimetres",
    "m": "m meter meters metre metres",
    "in": "in inch inches",
    "ft": "ft feet foot",
    "mmHg": "mmhg torr",
    "kPa": "kpa",
    "second": "sec secs second seconds s",
    "ms": "msec msecs ms millisecond milliseconds",
    "minute": "min mins minute minutes",
    "hour": "h hr hrs hour hours",
    "day": "day days d",
    "week": "week weeks wk wks",
    "month": "month months mo mos",
    "year": "year years yr yrs",
    "years old": "yo y/o y.o. y.o",
    "beat": "beat beats heartbeat heartbeats",
    "breath": "breath breaths",
    "copies": "copies",
    "cell": "cell cells leukocytes leucocytes wbc wbcs",
    "Gy": "gy",
    "cGy": "cgy",
    "dioptre": "dioptre dioptres diopter diopters",
    "percentile": "percentile centile",
    "pack-year": "pack-year pack-years pack/year pack/years",
    "%": "% percent",
}
_NAME_OF = {
    spelling: name for name, spellings in _SPELLINGS.items() for spelling in spellings.split()
}
_DENOMINATORS: dict[str, str] = {
    "dL": "dl deciliter decilitre",
    "L": "l liter litre",
    "mL": "ml milliliter millilitre cc",
    "µL": "µl μl ul mcl mm3 mm³ mm^3 cmm cumm microliter microlitre",
    "kg": "kg kilogram",
    "g": "g",
    "mol": "mol",
    "min": "min minute",
    "h": "h hr hour",
    "day": "day d 24h 24hr 24hours",
    "hpf": "hpf",
    "m2": "m2 m² m^2",
    "year": "year",
    "cell": "cell",
}
_UNDER = {
    spelling: name for name, spellings in _DENOMINATORS.items() for spelling in spellings.split()
}
# Whole units whose parts would mislead.
_WHOLE: dict[str, str] = {
    "bpm": "beat/min",
    "gm%": "g/dL",
    "g%": "g/dL",
    "mg%": "mg/dL",
    "cmh2o": "cmH2O",
    "mmh2o": "mmH2O",
    "pack year": "pack-year",
    "pack years": "pack-year",
}


def _alternation(spellings: dict[str, str]) -> str:
    return "|".join(re.escape(s) for s in sorted(spellings, key=lambda s: (-len(s), s)))


_GAP = r"[\s\-‐‑–]{0,2}"
_POWER = r"10\s?(?:\^|e|\*\*)?\s?[({]?\s?(?P<power>1[02]|[3469³⁶⁹])[)}]?"
_UNIT = re.compile(
    rf"""{_GAP}
    (?:(?:[x×*·]\s?)?{_POWER}\s?|(?P<word>thousand|lakhs?|million|billion|k(?=\s?/)|M(?=/[µμu]L))\s?)?
    (?:
      (?P<celsius>(?:[°º˚]|degrees?|deg)?[\s-]?(?:celsius|centigrade|(?-i:C))(?![A-Za-z0-9])|℃)
    | (?P<fahrenheit>(?:[°º˚]|degrees?|deg)?[\s-]?(?:fahrenheit|(?-i:F))(?![A-Za-z0-9])|℉)
    | (?P<degree>[°º˚]|degrees?(?![A-Za-z]))
    | (?P<mercury>mm\s?(?:of\s|-)?hg)(?![A-Za-z0-9])
    | (?P<water>(?:cm|mm)\s?h2o)(?![A-Za-z0-9])
    | (?P<percentile>(?:st|nd|rd|th)[\s-](?:percentile|centile)s?)
    | (?P<whole>{_alternation(_WHOLE)})(?![A-Za-z0-9])
    | (?P<over>(?:{_alternation(_NAME_OF)}|(?-i:U))(?![A-Za-z0-9]))?
      (?P<under>\s?(?:/|\bper\b)\s?(?:(?:cu(?:bic)?\.?\s?(?:mm|millimet(?:er|re))|24\s?(?:h|hr|hours?)
        |{_alternation(_UNDER)})(?![A-Za-z0-9]))|\s?(?:times\s)?(?:an?|each|every|per)\sminute\b){{0,1}}
      (?P<area>\s?/\s?(?:1\.73\s?)?m(?:2|²|\^2)|/h2o)?
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_POWERS = {
    "3": 1e3,
    "4": 1e4,
    "6": 1e6,
    "9": 1e9,
    "10": 1e10,
    "12": 1e12,
    "³": 1e3,
    "⁶": 1e6,
    "⁹": 1e9,
}
_MULTIPLIERS = {
    **{"k": 1e3, "thousand": 1e3, "lakh": 1e5, "lakhs": 1e5},
    **{"m": 1e6, "million": 1e6, "billion": 1e9},
}
_COUNTED = frozenset({"cell", ""})
_PER = re.compile(r"^\s*(?:/|(?:times\s)?(?:per|an?|each|every)\b)\s*|\s")


@lru_cache(maxsize=4096)
def _unit_name(over: str, under: str, area: str) -> str:
    """One name from the written numerator, denominator and body-surface part."""
    top = "unit" if over == "U" and not under else _NAME_OF.get(over.lower(), over)
    if not under:
        return f"{top}/m2" if area and top == "kg" else top
    written = _PER.sub("", under.lower())
    bottom = _UNDER.get(written, "µL" if written.startswith("cu") else written)
    if top in _COUNTED:
        return f"/{bottom}"
    name = f"{top}/{bottom}"
    return f"{name}/m2" if area and "1.73" not in area else name


def _is_short_unit(text: str, at: int, match: re.Match[str]) -> bool:
    """Whether "in" means inches ("5 in)") and "s" seconds ("12 s", not "the 50s")."""
    if match["over"] == "s":
        return text[at : at + 1].isspace()
    return text[match.end() : match.end() + 1] in ("", ")", ".", ",", ";")


def read_unit(text: str, at: int) -> Unit | None:
    """The unit at `at` (after at most two spaces or hyphens), or None.

    A multiplier alone ("5 million") is no unit. "/min" has the name "/min".
    """
    match = _UNIT.match(text, at)
    if match is None or match.end() == at:
        return None
    scale = 1.0
    if power := match["power"]:
        scale = _POWERS[power]
    elif word := match["word"]:
        scale = _MULTIPLIERS[word.lower()]
    kind = match.lastgroup
    if match["celsius"]:
        name = "°C"
    elif match["fahrenheit"]:
        name = "°F"
    elif match["degree"]:
        name = "degree"
    elif match["mercury"]:
        name = "mmHg"
    elif match["water"]:
        name = match["water"].lower()[:2] + "H2O"
    elif match["percentile"]:
        name = "percentile"
    elif match["whole"]:
        name = _WHOLE[match["whole"].lower()]
    else:
        over, under = match["over"] or "", match["under"] or ""
        if over == "S":
            return None  # "50S ribosomal subunit"
        if over in ("in", "s") and not _is_short_unit(text, at, match):
            return None
        if over in ("Mg", "WBC", "RBC") and _NAMED_VALUE.match(text, match.end()):
            return None  # "Ca 9.8 Mg 1.2": magnesium
        if not over and not under:
            return Unit("count", scale, match.end()) if scale != 1.0 and kind else None
        if over == "D" and not under:
            return Unit("D", scale, match.end())  # dioptres beside their name, and no days
        name = _unit_name(over, under, match["area"] or "")
    return Unit(name, scale, match.end())

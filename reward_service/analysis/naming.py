"""Which quantity a number belongs to: the name before it or after it.

Both searches look at a bounded number of words beside the number, never past the previous number,
and compare words with the table of names by dictionary.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from reward_service.analysis.fluids import BLOOD, Fluid
from reward_service.analysis.quantities import Name, Quantity, Table, word_norm
from reward_service.analysis.units import Unit

WINDOW = 110  # characters looked back from a number
_MAX_WORDS = 16
_MAX_MISSES = 7  # unknown words that may stand between a name and a number whose unit fits

_PIECE = re.compile(r"[^\W\d_][^\W_]*|[<>≤≥=;()\[\]\n]|\.(?=\s)")
_ABBREVIATED = frozenset({"temp", "resp", "approx", "ca", "wt", "ht", "dr", "vs"})
# Words that may stand between a name and its number, in normal form.
_CONNECTOR_WORDS = """
    a an the is was are were be been being has had have of at to in on as by with from
    level concentration count value number reading result score total titer interval
    measure measured measuring measurement record recorded report reported note noted found
    show showed shown showing reveal revealed read remain remained remaining stay stable become
    estimate estimated calculate calculated average averaged mean peak about approximately approx
    around roughly nearly almost currently now today initially still only just approaching
    elevated increased decreased reduced raised low high normal lower higher mildly slightly
    markedly significantly severely borderline abnormal up down drop dropped fell fall fallen rise
    rose risen climbed increase decrease go went reach reached reaching exceed exceeding
    above below over under less greater more than least most between within absolute serum plasma
    blood arterial venous fasting random percent rated rate her his their patient oral rectal
    axillary tympanic core approximate it that which positive activated
    spiked spiking spike documented obtained initial repeat current maximum max
vary varied fluctuate fluctuated come came back
"""
_CONNECTORS = frozenset(_CONNECTOR_WORDS.split())
_REFERENCE = frozenset({"normal", "n", "nl", "reference", "ref", "range"})
_NOT_BEFORE_LETTER = frozenset(
    {"vitamin", "factor", "type", "hepatitis", "group", "class", "stage", "grade", "phase", "p"}
)
_COMPARISONS = {
    "less than": "<", "lower than": "<", "fewer than": "<", "below": "<", "under": "<",
    "greater than": ">", "more than": ">", "higher than": ">", "above": ">", "exceeding": ">",
    "exceed": ">", "older than": ">", "younger than": "<", "longer than": ">", "over": ">",
    "at least": ">=", "at most": "<=", "up to": "<=", "no more than": "<=",
    "no greater than": "<=", "not more than": "<=", "not less than": ">=", "no less than": ">=",
    "<": "<", ">": ">", "≤": "<=", "≥": ">=", "< =": "<=", "> =": ">=",
}  # fmt: skip
_COMPARISON_ENDS = frozenset(words.rpartition(" ")[2] for words in _COMPARISONS)
_NAME = r"([^\W\d_][^\W_]*)(?:[ /-]([^\W\d_][^\W_]*))?(?:[ -]([^\W\d_][^\W_]*))?"
_AFTER = re.compile(r"[ -]?(?:of|for|in|on)? ?(?:the|her|his)? ?" + _NAME)
_AFTER_COMMA = re.compile(r", (?:the|her|his|their) " + _NAME)
_LITRES = {"L": 1.0, "dL": 0.1, "mL": 0.001}
_AGES = frozenset({"age", "gestational_age"})
_UNITLESS = frozenset({"ratio", "pH"})
_GRAMS = {"kg": 1e3, "g": 1.0, "mg": 1e-3, "µg": 1e-6, "ng": 1e-9, "pg": 1e-12}
_MOLES = {"mol": 1.0, "mmol": 1e-3, "mEq": 1e-3, "µmol": 1e-6, "nmol": 1e-9, "pmol": 1e-12}


class Value(NamedTuple):
    """A number (or range) with its unit as read; `unit` is None for a bare number."""

    low: float
    high: float
    unit: Unit | None
    fluid: Fluid = BLOOD


class Before(NamedTuple):
    """What stands before a number.

    `adjacent` says that only connecting words stand between name and number; then `start` is where
    the name begins. `reference` marks the bounds of a normal range, which measure nothing.
    """

    quantity: Quantity | None = None
    start: int = -1
    adjacent: bool = False
    comparison: str = "="
    comparison_start: int = -1
    reference: bool = False
    last_word: str = ""


_NOTHING = Before()


def fit(quantity: Quantity, value: Value) -> tuple[float, float] | None:
    """`value` in the quantity's unit, or None where unit or size cannot be meant."""
    unit = value.unit
    if unit is not None and (conversion := quantity.units.get(unit.name)):
        return _bounds(quantity, value, conversion)
    if unit is not None and unit.name != "count" and not _is_of_heat(unit, quantity):
        return None
    for name, bound in quantity.bare:
        if value.high < bound and (bounds := _bounds(quantity, value, quantity.units[name])):
            return bounds
    return None


def _is_of_heat(unit: Unit, quantity: Quantity) -> bool:
    """Whether a degree is one of a temperature, Celsius or Fahrenheit."""
    return unit.name == "degree" and "°C" in quantity.units


def fit_any_size(quantity: Quantity, value: Value) -> tuple[float, float] | None:
    """`value` in the quantity's unit, however small or large; for amounts a volume, and ages.

    For values that are said of the quantity right beside its name. "A hemoglobin of 14 mg/dL" is
    not what anybody has, but it is what the text says, and the case says otherwise. So does "a
    specific gravity of 2.2", of a quantity that has no unit.
    """
    unit = value.unit
    if unit is None and quantity.unit in _UNITLESS:
        return value.low, value.high
    timed = unit is not None and quantity.name in _AGES and unit.name in quantity.units
    if unit is None or not (timed or unit.name.partition("/")[2] in _LITRES):
        return None
    factor = quantity.units.get(unit.name, (_amount_factor(unit.name, quantity.unit), 0.0))[0]
    if factor is None:
        return None
    scale = factor * unit.scale
    return _rounded(value.low * scale), _rounded(value.high * scale)


def _rounded(value: float) -> float:
    return float(f"{value:.9g}")


def _amount_factor(unit: str, canonical: str) -> float | None:
    """1 `unit` in `canonical`, both an amount a volume; None where one is not, or of other kind."""
    amount, _, volume = unit.partition("/")
    amount_to, _, volume_to = canonical.partition("/")
    if volume not in _LITRES or volume_to not in _LITRES:
        return None
    for kind in (_GRAMS, _MOLES):
        if amount in kind and amount_to in kind:
            return kind[amount] / kind[amount_to] * _LITRES[volume_to] / _LITRES[volume]
    return None


def _bounds(
    quantity: Quantity, value: Value, conversion: tuple[float, float]
) -> tuple[float, float] | None:
    """Lower and upper value after conversion, if they are plausible."""
    factor, offset = conversion
    scale = value.unit.scale if value.unit is not None else 1.0
    low = round((value.low * scale - offset) * factor, 9)
    high = low if value.high == value.low else round((value.high * scale - offset) * factor, 9)
    if value.fluid.holds(quantity):  # limits are those of blood
        return low, high
    return (low, high) if quantity.low <= low and high <= quantity.high else None


def _comparison(pieces: list[str]) -> tuple[str, int]:
    """The comparison that the last pieces state, and how many of them it takes."""
    hedge = int(pieces[-1].lower() in ("about", "approximately", "around"))
    words = [piece.lower() for piece in pieces[-3 - hedge : len(pieces) - hedge]]
    if not words or words[-1] not in _COMPARISON_ENDS:
        return "=", 0
    for size in range(len(words), 0, -1):
        if found := _COMPARISONS.get(" ".join(words[-size:])):
            return found, size + hedge
    return "=", 0


def _name_ending_at(
    pieces: list[str], at: int, names: Iterable[Name], value: Value
) -> tuple[Name, bool] | None:
    """The longest of `names` whose last word is piece `at`; False if its quantity does not fit.

    `names` are those that end with that word, longest first.
    """
    misfit: Name | None = None
    for name in names:
        size = len(name.words)
        first = at + 1 - size
        if first < 0:
            continue
        if size > 1 and tuple(map(word_norm, pieces[first:at])) != name.words[:-1]:
            continue
        if name.cased and (
            pieces[at] != name.cased or (at and word_norm(pieces[at - 1]) in _NOT_BEFORE_LETTER)
        ):
            continue
        if fit(name.quantity, value) is not None:
            return name, True
        misfit = misfit or name
    return (misfit, False) if misfit else None


def _name_start(pieces: list[str], at: int, name: Name, table: Table, value: Value) -> int:
    """The piece where the name begins; "oxygen saturation (SpO2)" begins with the long form."""
    first = at + 1 - len(name.words)
    if first >= 2 and pieces[first - 1] == "(":
        names = table.by_last_word.get(word_norm(pieces[first - 2]), ())
        longer = _name_ending_at(pieces, first - 2, names, value)
        if longer and longer[0].quantity is name.quantity:
            return first - 1 - len(longer[0].words)
    return first


def look_before(text: str, floor: int, start: int, value: Value, table: Table) -> Before:
    """Search the words between `floor` and `start` (a number) from right to left."""
    lowest = max(floor, start - WINDOW)
    pieces: list[str] = _PIECE.findall(text, lowest, start)
    if not pieces:
        return _NOTHING
    comparison, size = _comparison(pieces)
    last_word = word_norm(pieces[-1])
    quantity: Quantity | None = None
    begin = -1  # a piece
    misstated: tuple[Quantity, int] | None = None  # named right here, of a size that nobody has
    adjacent, misses, reference = True, 0, False
    for at in range(len(pieces) - 1, max(-1, len(pieces) - 1 - _MAX_WORDS), -1):
        piece = pieces[at]
        if not piece[0].isalpha():
            if piece == ";" or (piece == "." and not _abbreviated(pieces, at)):
                break
            if reference and piece in "([":
                return Before(reference=True)
            continue
        norm = word_norm(piece)
        names = table.by_last_word.get(norm)
        if names and (found := _name_ending_at(pieces, at, names, value)):
            name, fits = found
            if fits and (adjacent or not _owned_elsewhere(name.quantity, value, table)):
                quantity = name.quantity
                begin = _name_start(pieces, at, name, table, value)
                break
            if adjacent and misstated is None and fit_any_size(name.quantity, value):
                misstated = name.quantity, _name_start(pieces, at, name, table, value)
            if value.unit is None:
                break
        if norm in _REFERENCE:
            reference = True
        elif norm not in _CONNECTORS:
            adjacent = False
            misses += 1
            if value.unit is None or misses > _MAX_MISSES:
                break
    else:
        if reference and adjacent and lowest == floor:
            return Before(reference=True)
    if quantity is None and misstated is not None:
        quantity, begin = misstated
        adjacent = True
    if quantity is None and comparison == "=":
        return Before(last_word=last_word)
    starts = [place.start() for place in _PIECE.finditer(text, lowest, start)]
    return Before(
        quantity,
        starts[begin] if quantity else -1,
        adjacent,
        comparison,
        starts[-size] if size else start,
        last_word=last_word,
    )


def _abbreviated(pieces: list[str], at: int) -> bool:
    """Whether the full stop at `at` ends an abbreviation ("temp. 38")."""
    return at > 0 and pieces[at - 1].lower() in _ABBREVIATED


def _owned_elsewhere(quantity: Quantity, value: Value, table: Table) -> bool:
    """Whether the unit by itself tells another quantity: "3 days" far from "age" is a duration."""
    owners = table.by_unit.get(value.unit.name, ()) if value.unit else ()
    return bool(owners) and quantity not in owners


def look_after(
    text: str, end: int, value: Value, table: Table, *, comma: bool = False
) -> tuple[Quantity, int] | None:
    """A name right after the number and unit, and where it ends: "88% oxygen saturation".

    comma: one may stand between, as in "at 48/min, the respiratory rate is high".
    """
    match = (_AFTER_COMMA if comma else _AFTER).match(text, end)
    if match is None:
        return None
    norms = [word_norm(word) for word in match.groups() if word]
    for name in table.by_first_word.get(norms[0], ()):
        size = len(name.words)
        if tuple(norms[:size]) != name.words or name.cased:
            continue
        if fit(name.quantity, value) or (comma and fit_any_size(name.quantity, value)):
            return name.quantity, match.end(size)
    return None

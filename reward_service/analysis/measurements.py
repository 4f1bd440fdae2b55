"""Measurements in text: vitals, labs, ages, durations and doses with value, unit, comparison.

The search goes from number to number. Each is read with its range and unit, then named by the
words beside it (`naming`); a unit that belongs to one quantity only ("38.9 °C", "54-year-old")
names it by itself. A conversion in brackets belongs to the measurement before it, a normal range
is no measurement. The work for each number is bounded, so the whole is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import compress

from reward_service.analysis.agreement import agree
from reward_service.analysis.conversions import read_conversion
from reward_service.analysis.fluids import BLOOD, Fluid, Fluids
from reward_service.analysis.limits import with_implications
from reward_service.analysis.naming import (
    Before,
    Value,
    fit,
    fit_any_size,
    look_after,
    look_before,
)
from reward_service.analysis.products import Length, read_lengths
from reward_service.analysis.quantities import Quantity, load_table
from reward_service.analysis.spans import token_range
from reward_service.analysis.times import read_counted, read_time
from reward_service.analysis.units import (
    GLUED,
    GLUED_LONGEST,
    GLUED_NAME,
    NUMBER,
    NUMBER_WORDS,
    RANGE,
    WORDED,
    Unit,
    number_value,
    read_number,
    read_unit,
)
from reward_service.text.document import Measurement
from reward_service.text.tokenizer import Tokens

__all__ = ["agree", "find_measurements", "with_implications"]

_BETWEEN = re.compile(r"\s?(?:and|to|[-–—])\s?")
_SLASH = re.compile(r"\s?/\s?|\s(?:over|out of)\s")
_MORE = re.compile(
    r"\s(?:or|and)\s(?:(?P<up>more|higher|greater|above|older|over|longer)"
    r"|(?P<down>less|lower|below|younger|under|fewer|shorter))\b"
)
_BRACKETED = re.compile(r"\s?\([^()\n]{1,30}\)")
_CARRY = re.compile(r"\s?,?\s?(?:and|to|then|or|→|->|[-–—])\s?(?:later\s|then\s|to\s)?|,?\s")
_INCHES = re.compile(r"\s?(?:and\s)?(\d{1,2})\s?(?:in\b|inch(?:es)?\b|[\"”″])")
_MINUS = re.compile(r"[\s(=:][-−–]$|^[-−–]$")
_FEET_MARK = re.compile(r"['’′]\s?(\d{1,2})\s?(?:[\"”″]|'')")
_COUNTED_NEXT = re.compile(
    r"\s(?:times?|x|fold|patients?|people|episodes?|doses?|tablets?|days?|of|or|more|other|months?)\b"
)
# Before these "over" means during.
_SPANS = frozenset({"duration", "interval", "volume", "size"})
_AT = frozenset({"at", "with"})
_AT_FEET_OR_METRES = (20, 6)
# What "n out of m" measures, with words that must be near unless m says enough.
_SCORES: dict[float, tuple[str, tuple[str, ...]]] = {
    10: ("pain_score", ()),
    15: ("glasgow_coma_scale", ("gcs", "glasgow", "coma")),
    30: ("mini_mental_state", ("mmse", "mini-mental", "mini mental", "moca")),
    5: ("muscle_strength", ("strength", "power", "motor", "muscle")),
    6: ("murmur_grade", ("murmur",)),
}


def find_measurements(text: str, tokens: Tokens) -> list[Measurement]:
    """All measurements of `text`, in order, without overlap; `implies` and `flags` are empty.

    Values are in the canonical unit of their quantity (`quantities.tsv`). Offsets include the
    quantity's name where it stands beside the number. A blood pressure is two measurements.
    """
    return _Reader(text, tokens).read()


class _Reader:
    """One pass over the numbers of a text."""

    def __init__(self, text: str, tokens: Tokens) -> None:
        self.text = text
        self.tokens = tokens
        self.table = load_table()
        self.fluids = Fluids(text, tokens)
        self.found: list[Measurement] = []
        self.floor = 0  # end of the last number that was read, used or not
        self.last: Quantity | None = None  # what the last number measured

    def read(self) -> list[Measurement]:
        for start, end, value, worded in self._numbers():
            if start < self.floor:
                continue
            found = len(self.found)
            after = self._read_one(start, end, value, worded)
            self.floor = max(after, end)
            if len(self.found) == found:
                self.last = None
        return self.found

    def _numbers(self) -> Iterator[tuple[int, int, float, bool]]:
        """Start, end, value of each number; whether it is written in words."""
        text = self.text
        numbers = [(m.start(), m.end(), False) for m in NUMBER.finditer(text)]
        glued = [
            (m.start(), m.end(), False)
            for m in GLUED.finditer(text)
            if GLUED_NAME.search(text[max(0, m.start() - GLUED_LONGEST) : m.start()])
        ]
        if glued:
            numbers = sorted([*numbers, *glued])
        in_words = compress(self.tokens.starts, map(NUMBER_WORDS.__contains__, self.tokens.norms))
        if worded := [match for start in in_words if (match := WORDED.match(text, start))]:
            numbers = sorted([*numbers, *((m.start(), m.end(), True) for m in worded)])
        for start, end, is_worded in numbers:
            yield start, end, number_value(text[start:end]), is_worded

    # -- one number -----------------------------------------------------------------------------

    def _read_one(self, start: int, end: int, number: float, worded: bool) -> int:
        """Read the number at `start`; returns where reading went to."""
        text = self.text
        if not worded and self._is_label(start, end):
            return end
        if lengths := read_lengths(text, start, end, number):
            return self._add_lengths(lengths)
        slash = _SLASH.match(text, end)
        if slash and (second := read_number(text, slash.end())):
            return self._read_ratio(start, end, number, second.value, second.end)
        if feet := _FEET_MARK.match(text, end):
            inches = 12 * number + float(feet[1])
            return self._add_height(start, feet.end(), inches)
        counted = read_counted(text, start, end, worded=worded)
        high, high_end = (number, end) if counted else self._range_end(start, end, number)
        unit = counted or read_unit(text, high_end)
        if unit is None and (worded or text[high_end : high_end + 1].isalpha()):
            return end
        value = Value(number, high, unit, self.fluids.at(start))
        stop = unit.end if unit else high_end
        before = look_before(text, self.floor, start, value, self.table)
        if before.reference:
            return stop
        if (
            unit is not None
            and unit.name == "ft"
            and (whole := self._feet_and_inches(start, number, unit))
        ):
            return whole
        if unit is not None and (timed := read_time(text, start, value, before, unit)):
            name, stop = timed
            if not name:
                return stop
            return self._add(start, stop, self.table.quantities[name], value, before)
        if unit is None and _COUNTED_NEXT.match(text, stop):
            return stop
        if before.quantity is not None and before.adjacent:
            return self._add(start, stop, before.quantity, value, before)
        if unit is not None and (named := self._named_after(stop, value, before)):
            return self._add(start, named[1], named[0], value, before)
        if before.quantity is not None:
            return self._add(start, stop, before.quantity, value, before)
        if (carried := self._carried(start, value)) is not None:
            return self._add(start, stop, carried, value, before)
        for owner in self.table.by_unit.get(unit.name, ()) if unit is not None else ():
            if fit(owner, value) is not None:
                return self._add(start, stop, owner, value, before)
        return stop

    def _named_after(self, stop: int, value: Value, before: Before) -> tuple[Quantity, int] | None:
        """The name after a number, also after its conversion: "4-kg (9-lb) weight loss"."""
        comma = before.last_word in _AT
        for may_be_apart in (False, True) if comma else (False,):
            if named := look_after(self.text, stop, value, self.table, comma=may_be_apart):
                return named
        bracket = _BRACKETED.match(self.text, stop)
        return look_after(self.text, bracket.end(), value, self.table) if bracket else None

    def _is_label(self, start: int, end: int) -> bool:
        """A list number ("2. Sodium") or a citation mark ("[3]")."""
        text = self.text
        if text[end : end + 1] == "]" and text[start - 1 : start] == "[":
            return True
        if text[end : end + 1] in (".", ")") and text[end + 1 : end + 2] in (" ", "\t"):
            line = text[max(0, start - 3) : start].rpartition("\n")
            return not line[2].strip() and (start < 3 or bool(line[1]))
        return False

    def _range_end(self, start: int, end: int, low: float) -> tuple[float, int]:
        """The upper end of a range that starts here, and where it ends; else the number itself."""
        text = self.text
        lead = text[max(0, start - 8) : start].lower()
        join = _BETWEEN if lead.endswith("between ") else RANGE
        if (match := join.match(text, end)) and not lead.endswith("from "):
            second = read_number(text, match.end())
            if second is not None and second.value > low:
                return second.value, second.end
        return low, end

    def _carried(self, start: int, value: Value) -> Quantity | None:
        """The last quantity, where this number goes on with it: "from 13 to 7 g/dL"."""
        if self.last is None or start - self.floor > 16:
            return None
        gap = self.text[self.floor : start]
        if not _CARRY.fullmatch(gap) or (gap in (" ", ", ") and value.unit is None):
            return None
        return self.last if fit(self.last, value) is not None else None

    # -- pairs ----------------------------------------------------------------------------------

    def _read_ratio(self, start: int, end: int, top: float, bottom: float, stop: int) -> int:
        """ "120/80", "6/10", "20/40": a blood pressure, a score, a visual acuity, or nothing."""
        text = self.text
        unit = read_unit(text, stop)
        pressure = self.table.quantities["blood_pressure"]
        value = Value(top, top, unit if unit and unit.name in pressure.units else None)
        before = look_before(text, self.floor, start, value, self.table)
        stop = unit.end if unit and unit.name in pressure.units else stop
        named = before.quantity is not None and before.quantity.name in (
            "blood_pressure",
            "systolic_bp",
        )
        carried = self.last is not None and self._carried(start, value) is not None
        carried = carried and self.last is not None and self.last.name == "blood_pressure"
        if (named or value.unit or carried) and top > bottom:
            return self._add_pressure(start, end, stop, top, bottom, value, before)
        near = text[max(0, start - 60) : stop + 40].lower()
        name, cues = _SCORES.get(bottom, ("", ()))
        if name and top <= bottom and (not cues or any(cue in near for cue in cues)):
            quantity = self.table.quantities[name]
            return self._add(start, stop, quantity, Value(top, top, None), before, exact=top)
        if top in _AT_FEET_OR_METRES and any(cue in near for cue in ("vision", "acuity", "visual")):
            quantity = self.table.quantities["visual_acuity"]
            value = Value(top, top, None)
            return self._add(start, stop, quantity, value, before, exact=bottom * 20 / top)
        return stop

    def _add_pressure(
        self,
        start: int,
        end: int,
        stop: int,
        top: float,
        bottom: float,
        value: Value,
        before: Before,
    ) -> int:
        quantities = self.table.quantities
        unit = value.unit.name if value.unit else "mmHg"
        upper = fit(quantities["systolic_bp"], value)
        lower = quantities["diastolic_bp"].convert(bottom, unit)
        if upper is None or lower is None or not quantities["diastolic_bp"].plausible(lower):
            return stop
        begin = before.start if before.adjacent and before.start >= 0 else start
        compared = before.comparison
        self._append(begin, end, quantities["systolic_bp"], upper, compared)
        self._append(end + 1, stop, quantities["diastolic_bp"], (lower, lower), compared)
        self.last = quantities["blood_pressure"]
        return stop

    def _feet_and_inches(self, start: int, feet: float, unit: Unit) -> int | None:
        """ "5 ft 7 in"; None where no inches follow."""
        rest = _INCHES.match(self.text, unit.end)
        return self._add_height(start, rest.end(), 12 * feet + float(rest[1])) if rest else None

    def _add_height(self, start: int, stop: int, inches: float) -> int:
        value = Value(inches, inches, Unit("in", 1.0, stop))
        before = look_before(self.text, self.floor, start, value, self.table)
        quantity = self.table.quantities["height"]
        return self._add(start, stop, quantity, value, before)

    def _add_lengths(self, lengths: Sequence[Length]) -> int:
        size, stop = self.table.quantities["size"], lengths[-1].end
        for length in lengths:
            value = Value(length.value, length.value, length.unit)
            stop = self._add(length.start, length.end, size, value, Before())
        return stop

    # -- results --------------------------------------------------------------------------------

    def _add(
        self,
        start: int,
        stop: int,
        quantity: Quantity,
        value: Value,
        before: Before,
        exact: float | None = None,
    ) -> int:
        """Append the measurement with what belongs to it; returns where it ends."""
        if quantity.name == "blood_pressure":
            quantity = self.table.quantities["systolic_bp"]
        bounds = (exact, exact) if exact is not None else fit(quantity, value)
        bounds = bounds or fit_any_size(quantity, value)
        if bounds is None:
            return stop
        if quantity.low < 0 and _MINUS.match(self.text, max(0, start - 2), start):
            bounds = (-bounds[1], -bounds[0])
        comparison = before.comparison
        if comparison == ">" and before.last_word == "over" and quantity.name in _SPANS:
            comparison = "="  # "over 3 days" is during
        if more := _MORE.match(self.text, stop):
            comparison = ">=" if more["up"] else "<="
            stop = more.end()
        begin = start
        if before.quantity is quantity and before.adjacent:
            begin = before.start
        elif comparison == before.comparison != "=":
            begin = before.comparison_start
        stop, resume = read_conversion(self.text, stop, quantity, value.unit, bounds[0])
        self._append(begin, stop, quantity, bounds, comparison, value.fluid)
        self.last = quantity
        return resume

    def _append(
        self,
        start: int,
        end: int,
        quantity: Quantity,
        bounds: tuple[float, float],
        comparison: str,
        fluid: Fluid = BLOOD,
    ) -> None:
        first, last = token_range(self.tokens, start, end)
        name, unit = fluid.name(quantity), quantity.unit
        self.found.append(Measurement(start, end, first, last, name, *bounds, unit, comparison))

"""The table of quantities (`quantities.tsv`): names, units, conversions, plausible values."""

from __future__ import annotations

import re
from functools import lru_cache
from math import inf
from types import MappingProxyType
from typing import NamedTuple

from reward_service.text.normalize import normalize_token
from reward_service.text.tables import table_rows

WORD = re.compile(r"[^\W\d_][^\W_]*")


class Quantity(NamedTuple):
    """One row of the table; see the comments at its head."""

    name: str
    unit: str
    low: float
    high: float
    tolerance: float
    relative: bool  # the tolerance is a share of the value
    units: dict[str, tuple[float, float]]  # name -> (factor, offset)
    bare: tuple[tuple[str, float], ...]  # (unit, below which value)
    alone: tuple[str, ...]
    fluid: bool

    def convert(self, value: float, unit: str) -> float | None:
        """`value` in the canonical unit; None if `unit` is none of this quantity's."""
        conversion = self.units.get(unit)
        if conversion is None:
            return None
        factor, offset = conversion
        return round((value - offset) * factor, 9)

    def plausible(self, value: float) -> bool:
        return self.low <= value <= self.high


class Name(NamedTuple):
    """A way to say a quantity, as normal forms of its words."""

    words: tuple[str, ...]
    cased: str  # the one word as it must be written, for names of one or two letters
    quantity: Quantity


class Table(NamedTuple):
    """All quantities, and their names by last and by first word, longest first."""

    quantities: MappingProxyType[str, Quantity]
    by_last_word: MappingProxyType[str, tuple[Name, ...]]
    by_first_word: MappingProxyType[str, tuple[Name, ...]]
    by_unit: MappingProxyType[str, tuple[Quantity, ...]]


@lru_cache(maxsize=65_536)
def word_norm(word: str) -> str:
    """The normal form that names are compared in."""
    return normalize_token(word)


def _items(cell: str, separator: str | None = None) -> list[str]:
    return [] if cell == "-" else [item.strip() for item in cell.split(separator)]


def _bare(item: str) -> tuple[str, float]:
    unit, _, bound = item.partition("<")
    return unit, float(bound or inf)


def _quantity(row: list[str]) -> tuple[Quantity, list[str]]:
    name, unit, low, high, tolerance, units, bare, alone, fluid, names = row
    conversions = {unit: (1.0, 0.0)}
    for item in _items(units, ";"):
        other, factor, *offset = item.split(":")
        conversions[other] = (float(factor), float(offset[0]) if offset else 0.0)
    relative = tolerance.endswith("%")
    quantity = Quantity(
        name,
        unit,
        float(low),
        float(high),
        float(tolerance.rstrip("%")) / (100 if relative else 1),
        relative,
        conversions,
        tuple(_bare(item) for item in _items(bare)),
        tuple(_items(alone)),
        fluid == "y",
    )
    return quantity, _items(names, ";")


def _by_word(names: list[Name], position: int) -> MappingProxyType[str, tuple[Name, ...]]:
    groups: dict[str, list[Name]] = {}
    for name in names:
        groups.setdefault(name.words[position], []).append(name)
    return MappingProxyType(
        {word: tuple(sorted(group, key=lambda n: -len(n.words))) for word, group in groups.items()}
    )


@lru_cache(maxsize=1)
def load_table() -> Table:
    """The table, read once a process."""
    quantities: dict[str, Quantity] = {}
    by_unit: dict[str, tuple[Quantity, ...]] = {}
    names: list[Name] = []
    for row in table_rows("reward_service.analysis", "quantities.tsv"):
        quantity, written_names = _quantity(row)
        quantities[quantity.name] = quantity
        for unit in quantity.alone:
            by_unit[unit] = (*by_unit.get(unit, ()), quantity)
        for written in written_names:
            words = WORD.findall(written)
            cased = words[0] if len(words) == 1 and len(words[0]) <= 2 else ""
            names.append(Name(tuple(word_norm(word) for word in words), cased, quantity))
    return Table(
        MappingProxyType(quantities),
        _by_word(names, -1),
        _by_word(names, 0),
        MappingProxyType(by_unit),
    )

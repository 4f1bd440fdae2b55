"""Counts and sums of a run: added up batch by batch, kept through an interruption."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from reward_service.wire import Abstention, Score

MEAN_DIGITS = 6
# Sums are whole numbers of this unit, so that they do not depend on the order of adding.
UNIT = 10**-MEAN_DIGITS


@dataclass
class Totals:
    """What was scored so far.

    `sums` (in millionths) and `counts` are by column ("reward", objectives, "metric_…"), over the
    values that are not null; `abstentions` by objective and code; `failed` counts completions with
    a `scorer_error`; `kept` holds the JSON types seen in each kept column.
    """

    rows: int = 0
    bad_rows: int = 0
    completions: int = 0
    failed: int = 0
    sums: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    abstentions: dict[str, dict[str, int]] = field(default_factory=dict)
    kept: dict[str, list[str]] = field(default_factory=dict)

    def add_score(self, score: Score, values: Mapping[str, float | None]) -> None:
        """Count one completion; `values` are its output columns that are numbers."""
        self.completions += 1
        self.failed += Abstention.SCORER_ERROR in score.abstentions.values()
        for name, value in values.items():
            if value is not None:
                self.sums[name] = self.sums.get(name, 0) + round(value / UNIT)
                self.counts[name] = self.counts.get(name, 0) + 1
        for objective, code in score.abstentions.items():
            codes = self.abstentions.setdefault(objective, {})
            codes[code.value] = codes.get(code.value, 0) + 1

    def add_kept(self, values: Mapping[str, Any]) -> None:
        """Remember which types the kept columns have."""
        for name, value in values.items():
            if value is not None:
                self.kept[name] = _union(self.kept.get(name, ()), (_type_of(value),))

    def add(self, other: Totals) -> None:
        """Add another batch's totals to these."""
        self.rows += other.rows
        self.bad_rows += other.bad_rows
        self.completions += other.completions
        self.failed += other.failed
        for name, value in other.sums.items():
            self.sums[name] = self.sums.get(name, 0) + value
        for name, count in other.counts.items():
            self.counts[name] = self.counts.get(name, 0) + count
        for objective, codes in other.abstentions.items():
            mine = self.abstentions.setdefault(objective, {})
            for code, count in codes.items():
                mine[code] = mine.get(code, 0) + count
        for name, types in other.kept.items():
            self.kept[name] = _union(self.kept.get(name, ()), types)

    def means(self) -> dict[str, float]:
        """Mean of every column over the completions where it is not null, to 6 decimals."""
        return {
            name: round(self.sums[name] * UNIT / count, MEAN_DIGITS)
            for name, count in sorted(self.counts.items())
        }

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def _union(mine: Iterable[str], other: Iterable[str]) -> list[str]:
    return sorted({*mine, *other})


def _type_of(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer" if -(2**63) <= value < 2**63 else "other"
    if isinstance(value, float):
        return "number"
    return "string" if isinstance(value, str) else "other"

"""A run in numbers: what its pages and reports draw."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reward_service.runs.filters import Filter, where
from reward_service.runs.source import REWARD, Source, quoted

BINS = 20
# Scores have six decimals: what differs by less is the same.
_SAME = 0.5e-6


@dataclass(frozen=True)
class Distribution:
    """One score. `counts` are rows in equal bins from `low` to `high`; nulls count nowhere."""

    name: str
    judged: int
    mean: float | None
    deviation: float | None
    low: float
    high: float
    counts: tuple[int, ...]


@dataclass(frozen=True)
class LengthBin:
    """Rows of similar length: its bounds, how many, quartiles and mean of their rewards."""

    shortest: float
    longest: float
    rows: int
    mean: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Spread:
    """Groups with two or more judged rollouts, and those among them that all scored alike."""

    name: str
    groups: int
    alike: int

    @property
    def share(self) -> float | None:
        return self.alike / self.groups if self.groups else None


@dataclass(frozen=True)
class Summary:
    """The rows that the filters left. `correlations` are Pearson's over `correlated`, by place.

    `abstentions` are (objective, code, rows), most frequent first; `failed` rows have no scores.
    """

    rows: int
    of: int
    distributions: tuple[Distribution, ...]
    correlated: tuple[str, ...]
    correlations: tuple[tuple[float | None, ...], ...]
    length: str | None
    lengths: tuple[LengthBin, ...]
    spreads: tuple[Spread, ...]
    abstentions: tuple[tuple[str, str, int], ...]
    failed: int


def summary_of(source: Source, filters: Sequence[Filter] = ()) -> Summary:
    """The numbers of a run, of the rows that fit `filters`. Raises RunsError."""
    condition, values = where(filters, source.columns)
    columns = source.columns
    failed = "count(failure)" if "failure" in columns.types else "0"
    found = source.rows(
        f"SELECT count(*) FILTER ({condition}), count(*), {failed} FROM run", values
    )
    rows, of, failures = found[0]
    chosen = f"FROM run WHERE {condition}"
    correlated = (*columns.objectives, *((columns.length,) if columns.length else ()))
    return Summary(
        rows=rows,
        of=of,
        distributions=tuple(_distribution(source, name, chosen, values) for name in columns.scores),
        correlated=correlated,
        correlations=_correlations(source, correlated, chosen, values),
        length=columns.length,
        lengths=_lengths(source, chosen, values),
        spreads=_spreads(source, chosen, values),
        abstentions=_abstentions(source, chosen, values),
        failed=failures,
    )


def abstention_codes(held: Any) -> dict[str, str]:
    """What a row's column `abstentions` says, a struct or JSON text: reasons by objective."""
    try:
        codes = json.loads(held) if isinstance(held, str) else held
    except ValueError:
        return {}
    if not isinstance(codes, dict):
        return {}
    return {str(name): str(code) for name, code in codes.items() if code is not None}


def _distribution(source: Source, name: str, chosen: str, values: list[Any]) -> Distribution:
    x = quoted(name)
    judged, mean, deviation, low, high = source.rows(
        f"SELECT count({x}), avg({x}), stddev_samp({x}), min({x}), max({x}) {chosen}", values
    )[0]
    if name != REWARD:
        low, high = 0.0, 1.0
    if not judged or low == high:
        low = 0.0 if low is None else low
        high = low + 1.0
    place = f"greatest(0, least({BINS - 1}, CAST(floor(({x} - ?) / ? * {BINS}) AS INTEGER)))"
    counts = dict(
        source.rows(
            f"SELECT {place} AS bin, count(*) {chosen} AND {x} IS NOT NULL GROUP BY bin",
            [low, high - low, *values],
        )
    )
    return Distribution(
        name, judged, mean, deviation, low, high, tuple(counts.get(i, 0) for i in range(BINS))
    )


def _correlations(
    source: Source, names: Sequence[str], chosen: str, values: list[Any]
) -> tuple[tuple[float | None, ...], ...]:
    pairs = [(a, b) for i, a in enumerate(names) for b in names[:i]]
    if not pairs:
        return tuple((None,) for _ in names)
    # A score that never varies correlates with nothing.
    parts = ", ".join(_correlation(a, b) for a, b in pairs)
    found = dict(zip(pairs, source.rows(f"SELECT {parts} {chosen}", values)[0], strict=True))
    return tuple(
        tuple(1.0 if a == b else found.get((a, b), found.get((b, a))) for b in names) for a in names
    )


def _correlation(a: str, b: str) -> str:
    x, y = quoted(a), quoted(b)
    both = f"FILTER ({x} IS NOT NULL AND {y} IS NOT NULL)"
    varies = " AND ".join(f"max({z}) {both} > min({z}) {both}" for z in (x, y))
    return f"CASE WHEN {varies} THEN corr({x}, {y}) END"


def _lengths(source: Source, chosen: str, values: list[Any]) -> tuple[LengthBin, ...]:
    """Rewards by tenths of the lengths; rows of one length stand in one of them."""
    if source.columns.length is None:
        return ()
    x = quoted(source.columns.length)
    tenth = f"least(9, CAST(floor(10 * percent_rank() OVER (ORDER BY {x})) AS INTEGER))"
    found = source.rows(
        f"WITH tenths AS (SELECT {x} AS length, reward, {tenth} AS tenth "
        f"{chosen} AND {x} IS NOT NULL AND reward IS NOT NULL) "
        "SELECT min(length), max(length), count(*), avg(reward), quantile_cont(reward, 0.25), "
        "quantile_cont(reward, 0.75) FROM tenths GROUP BY tenth ORDER BY tenth",
        values,
    )
    return tuple(LengthBin(*row) for row in found)


def _spreads(source: Source, chosen: str, values: list[Any]) -> tuple[Spread, ...]:
    names = source.columns.scores
    inner = ", ".join(
        f"count({quoted(n)}) AS n{i}, max({quoted(n)}) - min({quoted(n)}) AS s{i}"
        for i, n in enumerate(names)
    )
    outer = ", ".join(
        f"count(*) FILTER (n{i} > 1), count(*) FILTER (n{i} > 1 AND s{i} < {_SAME})"
        for i in range(len(names))
    )
    grouped = f"SELECT {inner} {chosen} GROUP BY {source.columns.group}"
    found = source.rows(f"SELECT {outer} FROM ({grouped})", values)[0]
    return tuple(Spread(name, found[2 * i], found[2 * i + 1]) for i, name in enumerate(names))


def _abstentions(
    source: Source, chosen: str, values: list[Any]
) -> tuple[tuple[str, str, int], ...]:
    if "abstentions" not in source.columns.types:
        return ()
    counted: Counter[tuple[str, str]] = Counter()
    for held, rows in source.rows(
        f"SELECT abstentions, count(*) {chosen} AND abstentions IS NOT NULL GROUP BY 1", values
    ):
        for objective, code in abstention_codes(held).items():
            counted[objective, code] += rows
    ordered = sorted(counted.items(), key=lambda one: (-one[1], one[0]))
    return tuple((objective, code, rows) for (objective, code), rows in ordered)

"""Tables of a run's rows: which rows, in which order, a page at a time.

The views only point at rows that a person should look at. What they say is no score, and none of
it goes into a reward.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from reward_service.runs.errors import RunsError
from reward_service.runs.filters import Filter, where
from reward_service.runs.source import POSITION, TEXT_COLUMNS, Source, quoted

PAGE = 50
_DENSITY = "metric_evidence_density"
# What the gaming view calls far out; docs/page.md says the same in words.
_HIGH, _DENSE, _SHORT = 0.9, 0.99, 0.25


class View(NamedTuple):
    """A choice of rows: its title, and in words what it shows."""

    title: str
    meaning: str


VIEWS = {
    "all": View("All", "Every row, in the file's order."),
    "disagreement": View(
        "Disagreement",
        "The objectives with a weight differ most: the largest minus the smallest (spread).",
    ),
    "gaming": View(
        "Suspected gaming",
        "Process (the mean of the weighted objectives but accuracy) is in the run's top tenth "
        "though the answer is wrong; or there is more evidence per word than in 99 of 100 rows; "
        "or the text has at most a quarter of the median length, yet process above the median. "
        "A reason to read the text, not a verdict.",
    ),
    "unfaithful": View(
        "Right but unfaithful", "Right answers (accuracy 1), the least faithful first."
    ),
    "abstained": View("Not judged", "Some objective is null, or there are no scores at all."),
}


@dataclass(frozen=True)
class Order:
    """By which column rows are sorted; None is the view's own order."""

    column: str | None = None
    descending: bool = True


@dataclass(frozen=True)
class Row:
    """A row of the table. `values` are those of the table's columns; `reasons` of suspicion."""

    position: int
    values: tuple[Any, ...]
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One page of a view. `total` rows fit; `page` counts from 1 to `pages`."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    total: int
    page: int
    pages: int


class _Reason(NamedTuple):
    words: str
    condition: str
    values: list[float]


def table_of(
    source: Source,
    view: str = "all",
    filters: Sequence[Filter] = (),
    order: Order = Order(),
    *,
    page: int = 1,
    size: int = PAGE,
) -> Table:
    """A page of the rows that fit view and filters. Raises RunsError for what is not there."""
    if view not in VIEWS:
        raise RunsError(f"view: expected one of {', '.join(VIEWS)}")
    condition, values = where(filters, source.columns)
    reasons = _reasons(source) if view == "gaming" else []
    extra = _extra(source, view)
    shown = _shown(source, filters)
    condition = f"({condition}) AND ({_condition(source, view, reasons)})"
    checks = [value for reason in reasons for value in reason.values]
    total = source.rows(f"SELECT count(*) FROM run WHERE {condition}", [*values, *checks])[0][0]
    pages = max(1, -(-total // size))
    if not 1 <= page <= pages:
        raise RunsError(f"page: expected 1 to {pages}")
    parts = [quoted(POSITION), *map(quoted, shown)]
    parts += [f"{sql} AS {quoted(name)}" for name, sql in extra.items()]
    parts += [f"({reason.condition})" for reason in reasons]
    found = source.rows(
        f"SELECT {', '.join(parts)} FROM run WHERE {condition} "
        f"ORDER BY {_order(source, view, order, reasons, (*shown, *extra))}{quoted(POSITION)} "
        f"LIMIT {size} OFFSET {(page - 1) * size}",
        [*checks, *values, *checks, *(checks if reasons and order.column is None else [])],
    )
    width = 1 + len(shown) + len(extra)
    rows = tuple(
        Row(
            row[0],
            row[1:width],
            tuple(r.words for r, holds in zip(reasons, row[width:], strict=True) if holds),
        )
        for row in found
    )
    return Table((*shown, *extra), rows, total, page, pages)


def _shown(source: Source, filters: Sequence[Filter]) -> tuple[str, ...]:
    """The table's columns: where the row is from, scores, length, and what is filtered by."""
    columns = source.columns
    first = ("step", "id", "file", "row")
    kept = [n for n, kind in columns.types.items() if kind == "VARCHAR" and n not in _HIDDEN]
    length = (columns.length,) if columns.length else ()
    wanted = (*first, *kept[:3], *columns.scores, *length, *(f.column for f in filters))
    return tuple(dict.fromkeys(n for n in wanted if n in columns.types and n not in TEXT_COLUMNS))


_HIDDEN = frozenset({*TEXT_COLUMNS, "id", "file", "abstentions", "failure"})


def _extra(source: Source, view: str) -> dict[str, str]:
    """Columns that the view computes: their names and SQL."""
    if view == "disagreement" and source.columns.paid:
        return {"spread": _spread(source)}
    if view == "gaming":
        return {"process": _process(source)}
    return {}


def _condition(source: Source, view: str, reasons: Sequence[_Reason]) -> str:
    columns = source.columns
    if view == "disagreement":
        return f"{_spread(source)} > 0" if columns.paid else "FALSE"
    if view == "gaming":
        return " OR ".join(f"({reason.condition})" for reason in reasons) or "FALSE"
    if view == "unfaithful":
        there = {"accuracy", "faithfulness"} <= set(columns.objectives)
        return "accuracy = 1 AND faithfulness IS NOT NULL" if there else "FALSE"
    if view == "abstained":
        missing = " OR ".join(f"{quoted(name)} IS NULL" for name in columns.scores)
        return missing
    return "TRUE"


def _order(
    source: Source, view: str, order: Order, reasons: Sequence[_Reason], shown: Sequence[str]
) -> str:
    """The terms of ORDER BY before the position, each with a comma behind it."""
    if order.column is not None:
        if order.column not in (*source.columns.filterable, *shown):
            raise RunsError(f"sort: expected one of {', '.join(shown)}")
        direction = "DESC" if order.descending else "ASC"
        return f"{quoted(order.column)} {direction} NULLS LAST, "
    if view == "disagreement" and source.columns.paid:
        return "spread DESC, "
    if view == "gaming" and reasons:
        number = " + ".join(f"CAST(coalesce({r.condition}, FALSE) AS INTEGER)" for r in reasons)
        return f"{number} DESC, process DESC NULLS LAST, "
    if view == "unfaithful" and "faithfulness" in source.columns.types:
        return "faithfulness, "
    return ""


def _spread(source: Source) -> str:
    names = ", ".join(map(quoted, source.columns.paid))
    return f"(greatest({names}) - least({names}))"


def _process(source: Source) -> str:
    """The mean of the weighted objectives but accuracy, of those that were judged."""
    names = [quoted(name) for name in source.columns.paid if name != "accuracy"]
    if not names:
        return "CAST(NULL AS DOUBLE)"
    total = " + ".join(f"coalesce({name}, 0)" for name in names)
    judged = " + ".join(f"CAST({name} IS NOT NULL AS INTEGER)" for name in names)
    return f"(({total}) / nullif({judged}, 0))"


def _reasons(source: Source) -> list[_Reason]:
    """What makes a row suspect, measured against the whole run."""
    columns, process = source.columns, _process(source)
    density = quoted(_DENSITY) if _DENSITY in columns.types else "CAST(NULL AS DOUBLE)"
    length = quoted(columns.length) if columns.length else "CAST(NULL AS DOUBLE)"
    high, middle, dense, typical = source.rows(
        f"SELECT quantile_cont({process}, {_HIGH}), median({process}), "
        f"quantile_cont({density}, {_DENSE}), median({length}) FROM run"
    )[0]
    found = []
    if "accuracy" in columns.objectives and high:
        words = "wrong answer, process in the top tenth"
        found.append(_Reason(words, f"accuracy = 0 AND {process} >= ?", [high]))
    if dense:
        words = "more evidence per word than 99 of 100"
        found.append(_Reason(words, f"{density} > ?", [dense]))
    if typical and middle is not None:
        words = "very short, process above the median"
        condition = f"{length} <= ? AND {process} > ?"
        found.append(_Reason(words, condition, [typical * _SHORT, middle]))
    return found

"""Filters of a run's rows, as they stand in a page's address."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from reward_service.runs.errors import RunsError
from reward_service.runs.source import TEXT_COLUMNS, Columns, quoted

OPERATORS = {
    "eq": "is",
    "ge": "at least",
    "le": "at most",
    "has": "contains",
    "null": "has no value",
}
_MOST = 10


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition: a column, one of OPERATORS, and a value as typed."""

    column: str
    operator: str
    value: str

    def __str__(self) -> str:
        end = "" if self.operator == "null" else f" {self.value}"
        return f"{self.column} {OPERATORS[self.operator]}{end}"


def read_filters(
    columns: Sequence[str], operators: Sequence[str], values: Sequence[str]
) -> tuple[Filter, ...]:
    """Filters from the three repeated parameters; those without a column are left out.

    Raises RunsError for an unknown operator, for parts that do not match, or more than ten.
    """
    if not len(columns) == len(operators) == len(values):
        raise RunsError("filters: expected as many op and value as column")
    found = tuple(Filter(*parts) for parts in zip(columns, operators, values, strict=True))
    found = tuple(dict.fromkeys(one for one in found if one.column))
    for one in found:
        if one.operator not in OPERATORS:
            raise RunsError(f"op: expected one of {', '.join(OPERATORS)}")
    if len(found) > _MOST:
        raise RunsError(f"filters: expected at most {_MOST}")
    return found


def reads_texts(filters: Sequence[Filter]) -> bool:
    """Whether a filter is on a column of long texts."""
    return any(one.column in TEXT_COLUMNS for one in filters)


def where(filters: Sequence[Filter], columns: Columns) -> tuple[str, list[float | str]]:
    """The condition in SQL and its values. Raises RunsError for what the columns do not take."""
    parts = ["TRUE"]
    values: list[float | str] = []
    for one in filters:
        if one.column not in columns.filterable:
            raise RunsError(f"column: expected one of {', '.join(columns.filterable)}")
        column = quoted(one.column)
        if one.operator == "null":
            parts.append(f"{column} IS NULL")
        elif one.operator == "has":
            parts.append(f"contains(lower(CAST({column} AS VARCHAR)), lower(?))")
            values.append(one.value)
        elif columns.is_number(one.column):
            sign = {"eq": "=", "ge": ">=", "le": "<="}[one.operator]
            parts.append(f"{column} {sign} ?")
            values.append(_number(one))
        else:
            sign = {"eq": "=", "ge": ">=", "le": "<="}[one.operator]
            parts.append(f"CAST({column} AS VARCHAR) {sign} ?")
            values.append(one.value)
    return " AND ".join(parts), values


def _number(one: Filter) -> float:
    try:
        number = float(one.value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise RunsError(f"filter of {one.column}: expected a number")
    return number

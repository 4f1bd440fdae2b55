"""From scored rows to the table and to paired differences. No files, no clock, no randomness
beyond the bootstrap's seed.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.evaluation.bootstrap import Bootstrap, Interval, differences, intervals
from trainer.evaluation.errors import EvaluationError
from trainer.evaluation.rows import value_columns

FloatArray = NDArray[np.float64]

DEFAULT_BOOTSTRAP = Bootstrap()


@dataclass(frozen=True, slots=True)
class Estimate:
    """One score over a test set.

    name: the column, such as `accuracy` or `metric_cecd`.
    interval: mean over questions with its bounds; None when no completion was judged.
    judged: completions with a value; the others abstained or failed.
    """

    name: str
    interval: Interval | None
    judged: int


@dataclass(frozen=True, slots=True)
class Table:
    """What a set of scored completions comes to.

    `failures` counts completions that could not be scored, by code; `abstentions` objectives that
    were not judged, by `<objective>: <code>`.
    """

    questions: int
    completions: int
    estimates: tuple[Estimate, ...]
    abstentions: Mapping[str, int]
    failures: Mapping[str, int]
    bootstrap: Bootstrap

    def __getitem__(self, name: str) -> Estimate:
        for estimate in self.estimates:
            if estimate.name == name:
                return estimate
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Scores less a baseline's, paired by question: each column's difference with its bounds."""

    baseline: str
    differences: Mapping[str, Interval | None]


def summarise(
    rows: Sequence[Mapping[str, Any]], *, bootstrap: Bootstrap = DEFAULT_BOOTSTRAP
) -> Table:
    """The table of rows as in `rows.make_row`. Raises EvaluationError for no rows."""
    if not rows:
        raise EvaluationError("there are no completions to summarise")
    columns = value_columns(rows)
    means = question_means(rows, columns)
    found = intervals(np.stack(list(means.values())), bootstrap)
    return Table(
        questions=len(means),
        completions=len(rows),
        estimates=tuple(
            Estimate(name, interval, sum(row.get(name) is not None for row in rows))
            for name, interval in zip(columns, found, strict=True)
        ),
        abstentions=_counted(
            f"{objective}: {code}" for row in rows for objective, code in _abstentions(row)
        ),
        failures=_counted(
            str(row["failure"]).partition(":")[0] for row in rows if row.get("failure")
        ),
        bootstrap=bootstrap,
    )


def compare(
    rows: Sequence[Mapping[str, Any]],
    baseline_rows: Sequence[Mapping[str, Any]],
    *,
    baseline: str,
    bootstrap: Bootstrap = DEFAULT_BOOTSTRAP,
) -> Comparison:
    """Differences in the columns that both have. Raises EvaluationError for other questions."""
    shared = set(value_columns(baseline_rows))
    columns = tuple(name for name in value_columns(rows) if name in shared)
    ours, theirs = question_means(rows, columns), question_means(baseline_rows, columns)
    if ours.keys() != theirs.keys():
        raise EvaluationError(
            f"{baseline} was evaluated on other questions: {len(ours.keys() - theirs.keys())} "
            f"are missing there, {len(theirs.keys() - ours.keys())} here; differences are paired "
            "by question"
        )
    found = differences(
        np.stack(list(ours.values())), np.stack([theirs[id] for id in ours]), bootstrap
    )
    return Comparison(baseline, dict(zip(columns, found, strict=True)))


def question_means(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[str]
) -> dict[str, FloatArray]:
    """Question id → each column's mean over the judged completions (NaN for none), sorted by id."""
    by_question: dict[str, list[list[float | None]]] = {}
    for row in rows:
        by_question.setdefault(str(row["id"]), []).append([row.get(name) for name in columns])
    means = {}
    for id in sorted(by_question):
        values_SC = np.array(by_question[id], dtype=np.float64).reshape(-1, len(columns))
        judged_SC = ~np.isnan(values_SC)
        counts_C = judged_SC.sum(axis=0)
        sums_C = np.where(judged_SC, values_SC, 0.0).sum(axis=0)
        means[id] = np.where(counts_C > 0, sums_C / np.maximum(counts_C, 1), np.nan)
    return means


def _abstentions(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    return sorted(json.loads(row.get("abstentions") or "{}").items())


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))

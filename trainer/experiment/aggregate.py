"""From evaluated runs to the table, the paired differences and the verdicts. No files, no clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from trainer.evaluation.bootstrap import Bootstrap, Interval
from trainer.evaluation.summary import question_means
from trainer.experiment.bootstrap import (
    FloatArray,
    difference,
    draw,
    mean,
    relative_difference,
)
from trainer.experiment.columns import COLUMNS
from trainer.experiment.config import START


@dataclass(frozen=True)
class ArmScores:
    """The S evaluated seeds of an arm on Q questions: each column's `values_SQ`.

    Of its `completions` so many could not be scored: `failures`.
    """

    name: str
    seeds: tuple[int, ...]
    ids: tuple[str, ...]
    completions: int
    failures: int
    values: Mapping[str, FloatArray]


@dataclass(frozen=True)
class Difference:
    """Arm less baseline in one column, on the seeds that both have."""

    absolute: Interval | None
    relative: Interval | None


@dataclass(frozen=True)
class Comparison:
    """One arm against the baseline."""

    arm: str
    seeds: tuple[int, ...]
    columns: Mapping[str, Difference]


@dataclass(frozen=True)
class Aggregate:
    """All that follows from the scores alone, keyed by arm and column in the table's order."""

    table: Mapping[str, Mapping[str, Interval | None]]
    seeds: Mapping[str, tuple[int, ...]]
    questions: int
    completions: Mapping[str, int]
    failures: Mapping[str, int]
    comparisons: Mapping[str, Comparison]


def stack(name: str, evaluations: Mapping[int, Sequence[Mapping[str, Any]]]) -> ArmScores:
    """Join the seeds of an arm, from the rows of their evaluations.

    Raises ValueError if they were evaluated on other questions.
    """
    sources = tuple(column.source for column in COLUMNS)
    seeds = tuple(sorted(evaluations))
    means = {seed: question_means(evaluations[seed], sources) for seed in seeds}
    ids = tuple(means[seeds[0]])
    for seed in seeds:
        if tuple(means[seed]) != ids:
            raise ValueError(
                f"{name}: seeds {seeds[0]} and {seed} were evaluated on other questions"
            )
    values_SQC = np.array([[means[seed][id] for id in ids] for seed in seeds])
    rows = [row for seed in seeds for row in evaluations[seed]]
    return ArmScores(
        name,
        seeds,
        ids,
        completions=len(rows),
        failures=sum(row.get("failure") is not None for row in rows),
        values={column.name: values_SQC[:, :, c] for c, column in enumerate(COLUMNS)},
    )


def aggregate(arms: Sequence[ArmScores], *, baseline: str, bootstrap: Bootstrap) -> Aggregate:
    """Means of every arm, and differences of every arm from `baseline`.

    All arms must have been evaluated on the same questions (ValueError). Differences pair the
    seeds of the same number and the questions; an arm that shares no seed with the baseline has
    no comparison. The start has one policy: it stands beside every seed of the baseline.
    """
    for arm in arms:
        if arm.ids != arms[0].ids:
            raise ValueError(f"{arm.name} and {arms[0].name} were evaluated on other questions")
    table: dict[str, dict[str, Interval | None]] = {}
    for arm in arms:
        drawn = draw(len(arm.seeds), len(arm.ids), bootstrap)
        table[arm.name] = {name: mean(values, drawn) for name, values in arm.values.items()}
    base = next((arm for arm in arms if arm.name == baseline), None)
    comparisons = {
        arm.name: comparison
        for arm in arms
        if base is not None
        and arm is not base
        and (comparison := compare(arm, base, bootstrap)) is not None
    }
    return Aggregate(
        table=table,
        seeds={arm.name: arm.seeds for arm in arms},
        questions=len(arms[0].ids),
        completions={arm.name: arm.completions for arm in arms},
        failures={arm.name: arm.failures for arm in arms},
        comparisons=comparisons,
    )


def compare(arm: ArmScores, baseline: ArmScores, bootstrap: Bootstrap) -> Comparison | None:
    """Paired differences in every column; None if no seed was run with both."""
    if arm.name == START:
        shared = baseline.seeds
        ours = {name: np.repeat(values, len(shared), 0) for name, values in arm.values.items()}
        theirs = dict(baseline.values)
    else:
        shared = tuple(sorted(set(arm.seeds) & set(baseline.seeds)))
        ours, theirs = _rows(arm, shared), _rows(baseline, shared)
    if not shared:
        return None
    drawn = draw(len(shared), len(arm.ids), bootstrap)
    return Comparison(
        arm.name,
        shared,
        {
            name: Difference(
                absolute=difference(ours[name], theirs[name], drawn),
                relative=relative_difference(ours[name], theirs[name], drawn),
            )
            for name in arm.values
        },
    )


def _rows(arm: ArmScores, seeds: Sequence[int]) -> dict[str, FloatArray]:
    chosen = [arm.seeds.index(seed) for seed in seeds]
    return {name: values[chosen] for name, values in arm.values.items()}

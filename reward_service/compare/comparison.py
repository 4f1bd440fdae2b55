"""Two or more runs, question by question: the first is what the others are compared with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from reward_service.compare.errors import CompareError
from reward_service.compare.runs import Run
from reward_service.compare.statistics import Interval, bootstrap_interval

DIGITS = 6
# Differences below this are ties: scores have 6 decimals.
_TIE = 0.5e-6


@dataclass(frozen=True)
class Options:
    """How to compare. `most` is the number of largest changes; they are changes of `changes_of`."""

    resamples: int = 2000
    level: float = 0.95
    seed: int = 0
    most: int = 5
    changes_of: str = "reward"


@dataclass(frozen=True)
class Difference:
    """One number over the questions where both runs have it; `difference` is run minus base.

    Means are over questions, each the mean of its completions; null without any question.
    """

    number: str
    questions: int
    base: float | None
    run: float | None
    difference: float | None
    interval: Interval | None
    wins: int
    ties: int
    losses: int

    @property
    def verdict(self) -> str:
        """ "better" or "worse" where the interval leaves out 0, else ""."""
        if self.interval is None or self.interval.low <= 0 <= self.interval.high:
            return ""
        return "better" if self.interval.low > 0 else "worse"


@dataclass(frozen=True)
class Change:
    """A question whose mean changed much. Texts are there where they are known."""

    key: str
    base: float
    run: float
    difference: float
    question: str | None = None
    base_completion: str | None = None
    run_completion: str | None = None


@dataclass(frozen=True)
class Pair:
    """A run against the first one. `groups` holds the same differences by the `--by` column."""

    base: str
    run: str
    common: int
    only_base: int
    only_run: int
    differences: tuple[Difference, ...]
    groups: dict[str, tuple[Difference, ...]]
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Comparison:
    """All pairs, with the scorer that made every run."""

    scorer: dict[str, Any]
    options: Options
    pairs: tuple[Pair, ...]


def compare_runs(runs: Sequence[Run], options: Options) -> Comparison:
    """Compare every run behind the first with the first.

    Raises CompareError if there are fewer than two, if their scorers or numbers differ, or if two
    of them have no question in common.
    """
    if len(runs) < 2:
        raise CompareError("expected two or more runs")
    base = runs[0]
    for run in runs[1:]:
        check_comparable(base, run)
    if options.changes_of not in base.numbers:
        known = ", ".join(base.numbers)
        raise CompareError(f"changes of {options.changes_of!r}: expected one of {known}")
    pairs = tuple(_pair(base, run, options) for run in runs[1:])
    return Comparison(dict(base.job["scorer"]), options, pairs)


def check_comparable(base: Run, run: Run) -> None:
    """Raises CompareError unless the same scorer judged the same objectives."""
    if base.fingerprint != run.fingerprint:
        raise CompareError(
            f"{base.name} and {run.name} were scored by different scorers (fingerprints "
            f"{base.fingerprint} and {run.fingerprint}): a difference would say nothing about the "
            "models. Score both anew, or use --rescore with --texts"
        )
    if base.numbers != run.numbers or base.job.get("weights") != run.job.get("weights"):
        raise CompareError(f"{base.name} and {run.name} have different objectives or weights")


def _pair(base: Run, run: Run, options: Options) -> Pair:
    common = [key for key in base.questions if key in run.questions]
    if not common:
        raise CompareError(
            f"{base.name} and {run.name} have no question in common; name a column that pairs "
            "them with --key"
        )
    names = sorted({base.questions[key].group or "" for key in common})
    groups = {
        name: _differences(
            base, run, [key for key in common if (base.questions[key].group or "") == name], options
        )
        for name in names
        if names != [""]
    }
    return Pair(
        base=base.name,
        run=run.name,
        common=len(common),
        only_base=len(base.questions) - len(common),
        only_run=len(run.questions) - len(common),
        differences=_differences(base, run, common, options),
        groups=groups,
        changes=_changes(base, run, common, options),
    )


def _differences(
    base: Run, run: Run, keys: Sequence[str], options: Options
) -> tuple[Difference, ...]:
    return tuple(_difference(base, run, keys, number, options) for number in base.numbers)


def _difference(
    base: Run, run: Run, keys: Sequence[str], number: str, options: Options
) -> Difference:
    means = [(base.questions[key].mean(number), run.questions[key].mean(number)) for key in keys]
    judged = [(b, r) for b, r in means if b is not None and r is not None]
    if not judged:
        return Difference(number, 0, None, None, None, None, 0, 0, 0)
    base_Q, run_Q = np.array(judged).T
    change_Q = run_Q - base_Q
    interval = bootstrap_interval(
        change_Q, resamples=options.resamples, level=options.level, seed=options.seed
    )
    wins, losses = int((change_Q > _TIE).sum()), int((change_Q < -_TIE).sum())
    return Difference(
        number=number,
        questions=len(judged),
        base=_rounded(base_Q.mean()),
        run=_rounded(run_Q.mean()),
        difference=_rounded(change_Q.mean()),
        interval=interval and Interval(_rounded(interval.low), _rounded(interval.high)),
        wins=wins,
        ties=len(judged) - wins - losses,
        losses=losses,
    )


def _changes(base: Run, run: Run, keys: Sequence[str], options: Options) -> tuple[Change, ...]:
    changes = []
    for key in keys:
        before, after = (r.questions[key].mean(options.changes_of) for r in (base, run))
        if before is not None and after is not None and abs(after - before) > _TIE:
            changes.append((key, before, after))
    changes.sort(key=lambda c: (-round(abs(c[2] - c[1]), DIGITS), c[0]))
    return tuple(
        _change(base, run, key, before, after) for key, before, after in changes[: options.most]
    )


def _change(base: Run, run: Run, key: str, before: float, after: float) -> Change:
    texts, run_texts = base.questions[key].texts, run.questions[key].texts
    return Change(
        key=key,
        base=_rounded(before),
        run=_rounded(after),
        difference=_rounded(after - before),
        question=texts.get("question") or run_texts.get("question"),
        base_completion=texts.get("completion"),
        run_completion=run_texts.get("completion"),
    )


def _rounded(value: float) -> float:
    return round(float(value), DIGITS)

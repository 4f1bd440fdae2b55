"""What a report of attacks shows, as text cells that the terminal and the Markdown page share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

import orjson

from reward_service.attacks.measure import Scores
from reward_service.attacks.run import Report
from reward_service.attacks.tally import KINDS, Comparison, Outcome
from reward_service.attacks.tally_search import SearchOutcome

ATTACK_HEADER = (
    "attack",
    "n",
    "right",
    "reward ahead",
    "of median",
    "faithfulness ahead",
    "honest → cheat",
    "coverage ahead",
    "honest → cheat",
)
SEARCH_HEADER = (
    "aim",
    "score",
    "n",
    "ahead",
    "of median",
    "right answer",
    "honest",
    "first",
    "found",
)
FILLER_HEADER = ("filler", "objective", "n", "largest", "mean", "over the goal")

AIMS = {
    "without_answer": "without the right answer",
    "without_reasoning": "right answer, no honest reasoning",
}


def as_bytes(report: Report) -> bytes:
    """The report as JSON."""
    content = asdict(report) | {
        "scorer": report.scorer.model_dump(),
        "goals": report.goals._asdict(),
        "failures": report.failures,
    }
    return orjson.dumps(content, option=orjson.OPT_INDENT_2, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, Scores):
        return value._asdict()
    raise TypeError(f"{type(value).__name__} has no place in a report")


def attack_cells(outcome: Outcome, comparisons: dict[str, Comparison]) -> tuple[str, ...]:
    """One row of the table of attacks, over the items that `comparisons` are about."""
    reward, faithfulness, coverage = (comparisons[kind] for kind in KINDS)
    return (
        outcome.attack,
        f"{reward.items:,}",
        f"{outcome.right:.0%}",
        _share(reward, reward.ahead),
        _share(reward, reward.ahead_of_median),
        _share(faithfulness, faithfulness.ahead),
        _means(faithfulness),
        _share(coverage, coverage.ahead),
        _means(coverage),
    )


def _share(comparison: Comparison, share: float) -> str:
    return f"{share:.1%}" if comparison.items else "-"


def _means(comparison: Comparison) -> str:
    return f"{comparison.honest:.2f} → {comparison.cheat:.2f}" if comparison.items else "-"


def search_cells(outcome: SearchOutcome) -> tuple[str, ...]:
    """One row of the table of the search."""
    return (
        AIMS[outcome.goal],
        outcome.kind,
        f"{outcome.items}",
        f"{outcome.ahead:.0%}",
        f"{outcome.ahead_of_median:.0%}",
        f"{outcome.right:.0%}",
        f"{outcome.honest:.2f}",
        f"{outcome.started:.2f}",
        f"{outcome.best:.2f}",
    )


def filler_cells(report: Report) -> Iterable[tuple[str, ...]]:
    """The rows of the table of filler."""
    for f in report.filler:
        yield (
            f.form,
            f.objective,
            f"{f.items:,}",
            f"{f.largest:.3f}",
            f"{f.mean:.3f}",
            f"{f.over:.1%}",
        )


def subjects_line(report: Report) -> str:
    """How many questions of which source."""
    return ", ".join(f"{count} {source}" for source, count in report.sources.items())

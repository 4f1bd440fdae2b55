"""Figures of the adaptive search: how far it got, and the best text that it found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from reward_service.attacks.search import GOALS, KINDS, Found
from reward_service.attacks.tally import AHEAD, Example, Medians


@dataclass(frozen=True, slots=True)
class SearchOutcome:
    """One goal and one kind of score over all searched items.

    ahead: share of items in which the best draft is ahead of the item's honest completion;
    ahead_of_median: of the median honest completion of the item's source. right: share of best
    drafts that got `accuracy` 1, which without the right answer should be none. honest, started,
    best: means of the honest completions, of the best attack that the search started from, and of
    what it found. examples: for each source where it gained most over the honest completion.
    """

    goal: str
    kind: str
    items: int
    ahead: float
    ahead_of_median: float
    right: float
    honest: float
    started: float
    best: float
    examples: dict[str, Example]


def search_outcomes(found: Sequence[Found], medians: Medians) -> list[SearchOutcome]:
    """One outcome for each goal and kind that was searched."""
    outcomes = []
    for goal in GOALS:
        for kind in KINDS:
            here = [one for one in found if one.goal == goal and one.kind == kind]
            if here:
                outcomes.append(_outcome(goal, kind, here, medians))
    return outcomes


def _outcome(
    goal: str,
    kind: str,
    found: Sequence[Found],
    medians: Medians,
) -> SearchOutcome:
    best = [_value(one.scores, kind) for one in found]
    honest = [_value(one.honest, kind) for one in found]
    middles = [medians[one.subject.source][kind] or 0.0 for one in found]
    gains = [b - h for b, h in zip(best, honest, strict=True)]
    examples: dict[str, Example] = {}
    for gain, one in sorted(zip(gains, found, strict=True), key=lambda pair: -pair[0]):
        if gain > AHEAD and one.subject.source not in examples:
            examples[one.subject.source] = Example(
                one.subject.id, one.subject.source, one.text, one.honest, one.scores
            )
    return SearchOutcome(
        goal,
        kind,
        len(found),
        fmean(gain > AHEAD for gain in gains),
        fmean(b > m + AHEAD for b, m in zip(best, middles, strict=True)),
        fmean(one.scores.accuracy == 1.0 for one in found),
        fmean(honest),
        fmean(one.started for one in found),
        fmean(best),
        examples,
    )


def _value(scores: object, kind: str) -> float:
    """A score that is judged: the search leaves out the others."""
    value = getattr(scores, kind)
    return float(value) if value is not None else 0.0

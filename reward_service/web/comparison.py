"""What sets two explained completions of one case apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from reward_service.web.explanation import SEVERITY, describe
from reward_service.wire import Evidence, Outcome, Score


class Difference(NamedTuple):
    """One objective, or the reward: second minus first, None where one was not judged."""

    name: str
    first: float | None
    second: float | None
    change: float | None


class Alone(NamedTuple):
    """Evidence that one completion has and the other has not: its objective, outcome, a line."""

    objective: str
    outcome: Outcome
    text: str


def differences(first: Score, second: Score) -> list[Difference]:
    """Objective by objective in their order, then the reward, then the metrics."""
    rows = [(name, first.objectives[name], second.objectives[name]) for name in first.objectives]
    rows.append(("reward", first.reward, second.reward))
    rows += [(name, first.metrics[name], second.metrics[name]) for name in first.metrics]
    return [
        Difference(name, a, b, None if a is None or b is None else b - a) for name, a, b in rows
    ]


def alone(score: Score, other: Score) -> list[Alone]:
    """The evidence of `score` that `other` has not, the worst outcomes first.

    Pieces of evidence are the same when they agree in objective, outcome, concept (or name),
    polarity and place in the case. What is missed is left out: what the other uses says it.
    """
    theirs = set(_keyed(other))
    found = [
        Alone(key[0], evidence.outcome, describe(evidence))
        for key, evidence in _keyed(score).items()
        if key not in theirs and evidence.outcome is not Outcome.MISSED
    ]
    return sorted(found, key=lambda a: (a.objective, SEVERITY.index(a.outcome), a.text))


_Key = tuple[str, Outcome, str | None, str | None, tuple[str, int, int] | None]


def _keyed(score: Score) -> Mapping[_Key, Evidence]:
    keyed: dict[_Key, Evidence] = {}
    explanation = score.explanation
    for name, objective in (explanation.objectives if explanation else {}).items():
        for e in objective.evidence:
            place = None if e.case is None else (e.case.field, e.case.start, e.case.end)
            keyed.setdefault((name, e.outcome, e.concept or e.name, e.polarity, place), e)
    return keyed

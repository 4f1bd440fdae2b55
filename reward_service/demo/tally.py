"""What the scores tell: means by kind of completion, and remarks computed from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from reward_service.bundled import KIND_MEANINGS, Kind
from reward_service.demo.scoring import Scored


@dataclass(frozen=True, slots=True)
class KindRow:
    """One kind's line of the table. Means are over judged values; None when nothing was judged."""

    kind: Kind
    completions: int
    objectives: dict[str, float | None]
    reward: float | None
    abstentions: int


def mean(values: Iterable[float | None]) -> float | None:
    """The mean of the values that are not None, or None."""
    judged = [value for value in values if value is not None]
    return sum(judged) / len(judged) if judged else None


def tally(scored: Sequence[Scored]) -> list[KindRow]:
    """One row for each kind that occurs, in the order of KIND_MEANINGS."""
    rows = []
    for kind in KIND_MEANINGS:
        scores = [one.score for one in scored if one.kind == kind]
        if scores:
            rows.append(
                KindRow(
                    kind=kind,
                    completions=len(scores),
                    objectives={
                        name: mean(score.objectives.get(name) for score in scores)
                        for name in scores[0].objectives
                    },
                    reward=mean(score.reward for score in scores),
                    abstentions=sum(len(score.abstentions) for score in scores),
                )
            )
    return rows


def remarks(scored: Sequence[Scored]) -> list[str]:
    """A few sentences on what to notice, every number of them taken from `scored`."""
    return [
        line
        for line in (
            _ranking(scored),
            _unfaithful(scored),
            _wrong(scored),
            _gaming(scored),
            _abstained(scored),
        )
        if line
    ]


Value = Callable[[Scored], float | None]


def _reward(one: Scored) -> float | None:
    return one.score.reward


def _objective(name: str) -> Value:
    return lambda one: one.score.objectives.get(name)


def _by_case(scored: Sequence[Scored], kind: Kind, value: Value) -> dict[str, float]:
    """Case id → the mean of `value` over the case's completions of that kind, where judged."""
    found: dict[str, list[float | None]] = {}
    for one in scored:
        if one.kind == kind:
            found.setdefault(one.case.id, []).append(value(one))
    means = {case: mean(values) for case, values in found.items()}
    return {case: number for case, number in means.items() if number is not None}


def _ahead(scored: Sequence[Scored], first: Kind, second: Kind, value: Value) -> tuple[int, int]:
    """In how many cases `first` is above `second`, and how many have both."""
    one, other = _by_case(scored, first, value), _by_case(scored, second, value)
    both = one.keys() & other.keys()
    return sum(one[case] > other[case] for case in both), len(both)


def _ranking(scored: Sequence[Scored]) -> str:
    counts = []
    for kind in ("gappy", "unfaithful", "gaming"):
        won, of = _ahead(scored, "good", kind, _reward)
        if of:
            counts.append(f"the {kind} one in {won} of {of} cases")
    if not counts:
        return ""
    return "Measured by the reward, the good completion beats " + ", ".join(counts) + "."


def _unfaithful(scored: Sequence[Scored]) -> str:
    good = mean(map(_objective("faithfulness"), _of(scored, "good")))
    bad = mean(map(_objective("faithfulness"), _of(scored, "unfaithful")))
    rate = mean(one.score.metrics.get("contradiction_rate") for one in _of(scored, "unfaithful"))
    if good is None or bad is None:
        return ""
    line = f"Inventing findings costs faithfulness: {bad:.2f} on average, against {good:.2f}"
    return f"{line}; {rate:.0%} of those claims contradict the case." if rate else f"{line}."


def _wrong(scored: Sequence[Scored]) -> str:
    faithful = mean(map(_objective("faithfulness"), _of(scored, "wrong")))
    reward = mean(map(_reward, _of(scored, "wrong")))
    best = mean(map(_reward, _of(scored, "good")))
    if faithful is None or reward is None or best is None:
        return ""
    return (
        f"A careful argument for a wrong option stays faithful ({faithful:.2f}) "
        f"but earns a reward of {reward:.2f} against {best:.2f}: accuracy pays most."
    )


def _gaming(scored: Sequence[Scored]) -> str:
    cheats = [
        (coverage, one)
        for one in _of(scored, "gaming")
        if (coverage := one.score.objectives.get("coverage")) is not None
    ]
    good = mean(map(_objective("coverage"), _of(scored, "good")))
    if not cheats or good is None:
        return ""
    average = sum(coverage for coverage, _ in cheats) / len(cheats)
    highest, best = max(cheats, key=lambda pair: pair[0])
    return (
        f"Cheats collect {average:.2f} of coverage on average, reasoning {good:.2f}; "
        f"the cheat that got furthest ({best.case.id}) has {highest:.2f}."
    )


def _abstained(scored: Sequence[Scored]) -> str:
    codes = Counter(
        f"{objective}: {code.value}"
        for one in scored
        for objective, code in one.score.abstentions.items()
    )
    if not codes:
        return ""
    listed = ", ".join(f"{reason} ×{count}" for reason, count in sorted(codes.items()))
    return f"What cannot be judged is null with a reason, never a 0: {listed}."


def _of(scored: Sequence[Scored], kind: Kind) -> list[Scored]:
    return [one for one in scored if one.kind == kind]

"""The curves of a report: what is drawn over the steps, for one run or several."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trainer.report.curves import Curve, curve, draw_curves
from trainer.report.metrics import Series
from trainer.report.plot import Plot, plot
from trainer.report.run_folder import Run

_UNIT = (0.0, 1.0)
# A run's label, its look and what it logged.
_Line = tuple[str, int, Series]


@dataclass(frozen=True)
class Family:
    """Metrics that belong in one figure: every logged name that `pattern` matches in full.

    The pattern's group is the line's name. A family whose values are all 0 is told in words
    (`nothing`) and not drawn; None draws it all the same.
    """

    name: str
    title: str
    caption: str
    y_label: str
    pattern: str
    limits: tuple[float, float] | None = None
    nothing: str | None = None


HEALTH = (
    Family(
        "zero-variance",
        "Groups without spread",
        "Share of groups whose rollouts all scored alike: they teach nothing for that objective. "
        "“advantages” is the share of groups whose advantages are all 0.",
        "share of groups",
        r"(?:objectives/)?(.+)/zero_variance_groups",
        limits=_UNIT,
    ),
    Family(
        "abstained",
        "Abstentions",
        "Share of completions on which an objective could not be judged. Abstentions count "
        "neither for nor against a completion.",
        "share of completions",
        r"objectives/(.+)/abstained",
        limits=_UNIT,
        nothing="No objective abstained on any completion.",
    ),
    Family(
        "failed",
        "Failed rewards",
        "Share of completions that got no scores because the reward service did not answer. "
        "They are left out of training, never scored 0.",
        "share of completions",
        r"reward/(failed)_share",
        limits=_UNIT,
        nothing="No completion was left without scores by a failed request.",
    ),
    Family(
        "waiting",
        "Waiting on rewards",
        "Share of each step's time that was spent waiting for the reward service.",
        "share of the step",
        r"reward/(wait)_share",
        limits=_UNIT,
    ),
    Family(
        "kl",
        "KL to the reference policy",
        "How far the policy has moved from where it started.",
        "KL (nats)",
        r"(kl)",
    ),
    Family(
        "length",
        "Length of completions",
        "Mean number of tokens of a completion.",
        "tokens",
        r"completions/(mean_length)",
    ),
    Family(
        "service-rates",
        "Hallucinations and contradictions",
        "Mean share of claims that the case does not support, and that it contradicts.",
        "share of claims",
        r"metrics/((?:hallucination|contradiction)_rate)/mean",
        limits=_UNIT,
    ),
)


def learning_curves(runs: Sequence[Run]) -> list[Plot]:
    """One figure an objective and one for the reward, all runs in each."""
    # The rollouts' spread is wide; the bands of many runs would only cover each other.
    spread = len(runs) <= 2
    names = list(dict.fromkeys(name for run in runs for name in run.objectives))
    plots = []
    for name in names:
        curves = [
            curve(
                run.label,
                run.metrics[f"objectives/{name}/mean"],
                spread=run.metrics.get(f"objectives/{name}/std") if spread else None,
                limits=_UNIT,
                index=index,
            )
            for index, run in enumerate(runs)
            if f"objectives/{name}/mean" in run.metrics
        ]
        if curves:
            plots.append(
                plot(
                    f"objective-{_slug(name)}",
                    name.capitalize(),
                    f"Mean {name} of the judged rollouts of a step"
                    + (
                        "; the band is one standard deviation of them either side."
                        if spread
                        else "."
                    ),
                    draw_curves(curves, title=name.capitalize(), y_label=name, limits=_UNIT),
                )
            )
    rewards = [
        curve(
            run.label,
            run.metrics["reward"],
            spread=run.metrics.get("reward_std") if spread else None,
            index=index,
        )
        for index, run in enumerate(runs)
        if "reward" in run.metrics
    ]
    if rewards:
        plots.append(
            plot(
                "reward",
                "Reward",
                "Weighted sum of the objectives. Runs with other weights have another scale.",
                draw_curves(rewards, title="Reward", y_label="reward"),
            )
        )
    return plots


def health_curves(runs: Sequence[Run]) -> tuple[list[Plot], list[str]]:
    """Figures of training's health, and sentences for what has nothing to draw.

    With one run a family is one figure with a line a metric; with several it is one figure a
    metric with a line a run.
    """
    plots: list[Plot] = []
    sentences: list[str] = []
    for family in HEALTH:
        found = _members(family, runs)
        if not found:
            continue
        if family.nothing is not None and not any(
            series.values_T.any() for lines in found.values() for _, _, series in lines
        ):
            sentences.append(family.nothing)
        elif len(runs) == 1:
            curves = [
                curve(member, series, index=index)
                for index, (member, lines) in _ordered(found, runs[0].objectives)
                for _, _, series in lines
            ]
            plots.append(_plot(family, curves, member=None))
        else:
            for member, lines in found.items():
                curves = [curve(label, series, index=index) for label, index, series in lines]
                plots.append(_plot(family, curves, member=member if len(found) > 1 else None))
    return plots, sentences


def _ordered(
    found: Mapping[str, list[_Line]], objectives: Sequence[str]
) -> list[tuple[int, tuple[str, list[_Line]]]]:
    """Members with their looks: an objective has the same look in every figure."""
    order = [*objectives, *(member for member in found if member not in objectives)]
    return [(order.index(member), (member, found[member])) for member in order if member in found]


def _members(family: Family, runs: Sequence[Run]) -> dict[str, list[_Line]]:
    """Label, index and series of each run that logged a member of the family, by member."""
    found: dict[str, list[_Line]] = {}
    for index, run in enumerate(runs):
        for name, series in run.metrics.items():
            if match := re.fullmatch(family.pattern, name):
                found.setdefault(match[1].replace("_", " "), []).append((run.label, index, series))
    return found


def _plot(family: Family, curves: Sequence[Curve], *, member: str | None) -> Plot:
    title = family.title if member is None else f"{family.title}: {member}"
    name = family.name if member is None else f"{family.name}-{_slug(member)}"
    figure = draw_curves(curves, title=title, y_label=family.y_label, limits=family.limits)
    return plot(name, title, family.caption, figure)


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "unnamed"


def ends(series: Series) -> tuple[float, float]:
    """Mean of the first and of the last tenth of the logged values (at least one each)."""
    tenth = max(1, len(series) // 10)
    return float(series.values_T[:tenth].mean()), float(series.values_T[-tenth:].mean())

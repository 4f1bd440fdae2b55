"""Score resolution: does an objective tell the rollouts of one group apart?

A policy learns from differences within a group: where all rollouts of a prompt score the same, the
group teaches nothing. Groups here are the real chains of thought of one question, one of each
prompt style.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from reward_service.validity.base import Context, Row, Scored, Test
from reward_service.validity.baselines import LENGTH, OVERLAP, length, token_overlap
from reward_service.validity.data import chains
from reward_service.validity.data.chains import Chains
from reward_service.validity.statistics import Floats, measured

PROCESS = "faithfulness + coverage"
REWARD = "paid reward"
_OBJECTIVES = ("accuracy", "faithfulness", "coverage", "structure")
_DATA = "chains of thought"
_REASONS = 25  # words from which on a chain holds some reasoning
_SAME = 1e-9  # scores that differ by less are one value


def resolution(context: Context) -> list[Row]:
    """For every objective, their sum and the reward: the share of groups that differ.

    Once for all rollouts, and once for those that reason: an answer without a word of reasoning
    differs from the others too easily.
    """
    groups = context.choose(chains.read(context.data))
    scored = context.score([group.question.item(group.completions) for group in groups])
    reasoned = [[length(text) >= _REASONS for text in group.completions] for group in groups]
    every = [[True] * len(group.completions) for group in groups]
    return [
        row
        for name in (*_OBJECTIVES, PROCESS, REWARD)
        for data, kept in ((_DATA, every), (f"{_DATA} that reason", reasoned))
        for row in _rows(context, name, data, groups, scored, kept)
    ]


def score_of(scored: Scored, name: str) -> float | None:
    """An objective's score, the sum of the judged process objectives, or the paid reward."""
    if name == REWARD:
        return scored.reward
    if name != PROCESS:
        return scored.value(name)
    parts = [scored.value(part) for part in ("faithfulness", "coverage")]
    judged = [part for part in parts if part is not None]
    return sum(judged) if judged else None


def distinct(group: Sequence[float]) -> int:
    """Number of different values in a group, from 1."""
    ordered = sorted(group)
    return 1 + sum(high - low > _SAME for low, high in pairwise(ordered))


def spread(group: Sequence[float]) -> float:
    """Standard deviation within a group of at least two, with Bessel's correction."""
    return float(np.std(np.array(group), ddof=1))


def _rows(
    context: Context,
    name: str,
    data: str,
    groups: Sequence[Chains],
    scored: Sequence[tuple[Scored, ...]],
    kept: Sequence[Sequence[bool]],
) -> list[Row]:
    ours: list[list[float]] = []
    naive: dict[str, list[list[float]]] = {OVERLAP: [], LENGTH: []}
    keys: list[str] = []
    for group, scores, keep in zip(groups, scored, kept, strict=True):
        judged = [
            (value, text)
            for one, text, kept_one in zip(scores, group.completions, keep, strict=True)
            if kept_one and (value := score_of(one, name)) is not None
        ]
        if len(judged) > 1:
            ours.append([value for value, _ in judged])
            source = group.question.question
            naive[OVERLAP].append([token_overlap(text, source) for _, text in judged])
            naive[LENGTH].append([length(text) for _, text in judged])
            keys.append(group.key)
    if not ours:
        return []
    differs_G = _differs(ours)
    spreads_G = np.array([spread(group) for group in ours])
    typical = float(np.median(spreads_G[differs_G > 0])) if differs_G.any() else 0.0
    return measured(
        context,
        test=f"resolution: {name}",
        data=data,
        figure="groups that differ",
        statistic=lambda values, rows: float(values[rows].mean()),
        ours=differs_G,
        clusters=keys,
        baselines={title: _differs(found) for title, found in naive.items()},
        note="share of groups whose rollouts do not all score the same: of "
        f"{np.mean([len(group) for group in ours]):.1f} rollouts "
        f"{np.mean([distinct(group) for group in ours]):.2f} distinct values; standard deviation "
        f"within a group {spreads_G.mean():.3f} on average, {typical:.3f} in the median group that "
        "differs",
    )


def _differs(groups: Sequence[Sequence[float]]) -> Floats:
    return np.array([distinct(group) > 1 for group in groups], dtype=float)


TESTS = (
    Test(
        name="resolution",
        meaning="do the objectives tell the real rollouts of one question apart?",
        files=(chains.FILE,),
        run=resolution,
    ),
)

"""What should move no score: filler, other sentences, other words."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import numpy as np

from reward_service.validity.base import Context, Row
from reward_service.validity.baselines import OVERLAP, token_overlap
from reward_service.validity.perturbations import filler, paraphrase
from reward_service.validity.perturbations.base import ChangePlan
from reward_service.validity.perturbations.honest import Honest
from reward_service.validity.perturbations.pairs import Change, Pair, baseline, make_pairs
from reward_service.validity.perturbations.registers import write
from reward_service.validity.statistics import measured

OBJECTIVES = ("faithfulness", "coverage", "structure", "accuracy")
FILLER_MOVES = 0.02  # at most, of any objective
PARAPHRASE_MOVES = 0.1  # of faithfulness and of coverage


def unmoved(context: Context, data: str, texts: Sequence[Honest]) -> list[Row]:
    """Rows for filler and for honest paraphrases: the share of texts that hardly move."""
    rows: list[Row] = []
    for name, change in (
        ("doubled by filler", _on_text(filler.doubled)),
        ("halved by cutting filler", _on_text(filler.led_in)),
    ):
        pairs = make_pairs(context, texts, name, change)
        rows += _row(context, data, name, pairs, FILLER_MOVES, OBJECTIVES, goal=1.0)
    for name, change in (
        ("other sentences", _on_plan(paraphrase.other_frames)),
        ("other register", _on_plan(paraphrase.other_register)),
        ("one term in lay words", _in_lay_words),
    ):
        pairs = make_pairs(context, texts, name, change)
        rows += _row(context, data, name, pairs, PARAPHRASE_MOVES, OBJECTIVES[:2])
    return rows


def _on_text(change: Callable[[str, random.Random], str | None]) -> Change:
    return lambda honest, rng: change(honest.text, rng)


def _on_plan(change: ChangePlan) -> Change:
    def changed(honest: Honest, rng: random.Random) -> str | None:
        plan = None if honest.plan is None else change(honest.plan, honest.setting, rng)
        return None if plan is None else write(plan)

    return changed


def _in_lay_words(honest: Honest, rng: random.Random) -> str | None:
    return None if honest.plan else paraphrase.lay_words(honest.text, honest.setting, rng)


def _row(
    context: Context,
    data: str,
    name: str,
    pairs: Sequence[Pair],
    most: float,
    objectives: Sequence[str],
    goal: float | None = None,
) -> list[Row]:
    moves = [[_move(pair, objective) for objective in objectives] for pair in pairs]
    kept = [i for i, found in enumerate(moves) if None not in found]
    if not kept:
        return []
    moves_NO = np.array([moves[i] for i in kept], dtype=float)
    # A hair of tolerance: scores are rounded to six decimals.
    within_N = (np.abs(moves_NO) <= most + 1e-6).all(axis=1)
    each = ", ".join(
        f"{objective} {mean:+.3f} (most {worst:.3f})"
        for objective, mean, worst in zip(
            objectives, moves_NO.mean(axis=0), np.abs(moves_NO).max(axis=0), strict=True
        )
    )
    overlap_N2 = baseline([pairs[i] for i in kept], token_overlap)
    return measured(
        context,
        test=f"unmoved: {name}",
        data=data,
        figure=f"share within {most:g}",
        statistic=lambda values, rows: float(values[rows].mean()),
        ours=within_N.astype(float),
        clusters=[pairs[i].question.key for i in kept],
        baselines={OVERLAP: (np.abs(overlap_N2[:, 0] - overlap_N2[:, 1]) <= most).astype(float)},
        goal=goal,
        note=f"share of texts that move no objective by more than {most:g}; mean move: {each}",
    )


def _move(pair: Pair, objective: str) -> float | None:
    """How far a score moves; an abstention that comes or goes is a move by 1, none is None."""
    honest, changed = pair.honest_scores.value(objective), pair.changed_scores.value(objective)
    if honest is None and changed is None:
        return None
    return 1.0 if honest is None or changed is None else changed - honest

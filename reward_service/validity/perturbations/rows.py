"""The tests: share of pairs in which the honest text scores higher, and how far filler moves it."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import numpy as np

from reward_service.validity.base import Context, Row, Test
from reward_service.validity.baselines import (
    LENGTH,
    OVERLAP,
    RECALL,
    length,
    token_overlap,
    token_recall,
)
from reward_service.validity.data import casimedicos, chains, medmcqa, medqa
from reward_service.validity.perturbations import (
    attribution,
    elsewhere,
    entities,
    filler,
    honest,
    numbers,
    omissions,
    paraphrase,
    polarity,
)
from reward_service.validity.perturbations.base import ChangePlan, Perturbation
from reward_service.validity.perturbations.honest import Honest
from reward_service.validity.perturbations.pairs import (
    Change,
    Pair,
    change_of,
    fitting_score,
    make_pairs,
)
from reward_service.validity.perturbations.plan import HAND, LAY, TERMS
from reward_service.validity.perturbations.registers import write
from reward_service.validity.statistics import (
    Floats,
    Ints,
    auc_of_pairs,
    measured,
    share_of_pairs,
)

PERTURBATIONS: tuple[Perturbation, ...] = (
    *entities.PERTURBATIONS,
    *polarity.PERTURBATIONS,
    *numbers.PERTURBATIONS,
    *omissions.PERTURBATIONS,
    *attribution.PERTURBATIONS,
    *elsewhere.PERTURBATIONS,
)
OBJECTIVES = ("faithfulness", "coverage", "structure", "accuracy")
FILLER_MOVES = 0.02  # at most, of any objective
PARAPHRASE_MOVES = 0.1  # of faithfulness and of coverage


def perturbed(context: Context, data: str, texts: Sequence[Honest]) -> list[Row]:
    """One row a perturbation that applies to any of the texts."""
    rows: list[Row] = []
    for perturbation in PERTURBATIONS:
        pairs = make_pairs(context, texts, perturbation.name, change_of(perturbation))
        rows += _row(context, data, perturbation, pairs)
    return rows


def _row(
    context: Context, data: str, perturbation: Perturbation, pairs: Sequence[Pair]
) -> list[Row]:
    fitting = perturbation.fitting
    scores = [
        (
            fitting_score(pair.honest_scores, fitting),
            fitting_score(pair.changed_scores, fitting),
        )
        for pair in pairs
    ]
    kept = [i for i, (a, b) in enumerate(scores) if a is not None and b is not None]
    if not kept:
        return []
    pairs = [pairs[i] for i in kept]
    ours_N2 = np.array([scores[i] for i in kept], dtype=float)
    rewards_N2 = np.array([(p.honest_scores.reward, p.changed_scores.reward) for p in pairs], float)
    ties = float((ours_N2[:, 0] == ours_N2[:, 1]).mean())
    every = np.arange(len(pairs))
    share, overall = share_of_pairs(ours_N2, every), auc_of_pairs(ours_N2)
    beside = f"share {share:.3f}" if perturbation.of_auc else f"AUC {overall:.3f}"
    return measured(
        context,
        test=f"perturbed: {perturbation.name}",
        data=data,
        figure="AUC" if perturbation.of_auc else "share of pairs",
        statistic=_auc if perturbation.of_auc else share_of_pairs,
        ours=ours_N2,
        clusters=[pair.question.key for pair in pairs],
        baselines={
            OVERLAP: _baseline(pairs, token_overlap),
            RECALL: _baseline(pairs, token_recall),
            LENGTH: _baseline(pairs, lambda text, _: length(text)),
        },
        goal=perturbation.goal,
        note=f"{perturbation.meaning}; by {fitting}, {ours_N2[:, 0].mean():.3f} in honest texts on "
        f"average; {beside}; ties {ties:.1%}, counting half; by the paid reward "
        f"{share_of_pairs(rewards_N2, every):.3f}",
    )


def _auc(pairs_N2: Floats, rows: Ints) -> float:
    return auc_of_pairs(pairs_N2[rows])


def _baseline(pairs: Sequence[Pair], score: Callable[[str, str], float]) -> Floats:
    return np.array(
        [
            (score(p.honest, p.question.question), score(p.changed, p.question.question))
            for p in pairs
        ]
    )


def unmoved(context: Context, data: str, texts: Sequence[Honest]) -> list[Row]:
    """Rows for filler and for honest paraphrases: the share of texts that hardly move."""
    rows: list[Row] = []
    for name, change in (
        ("doubled by filler", _on_text(filler.doubled)),
        ("halved by cutting filler", _on_text(filler.led_in)),
    ):
        pairs = make_pairs(context, texts, name, change)
        rows += _unmoved_row(context, data, name, pairs, FILLER_MOVES, OBJECTIVES, goal=1.0)
    for name, change in (
        ("other sentences", _on_plan(paraphrase.other_frames)),
        ("other register", _on_plan(paraphrase.other_register)),
        ("one term in lay words", _in_lay_words),
    ):
        pairs = make_pairs(context, texts, name, change)
        rows += _unmoved_row(context, data, name, pairs, PARAPHRASE_MOVES, OBJECTIVES[:2])
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


def _unmoved_row(
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
    overlap_N2 = _baseline([pairs[i] for i in kept], token_overlap)
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


def _of(data: str, read: Callable[[Context], list[Honest]]) -> Callable[[Context], list[Row]]:
    def rows(context: Context) -> list[Row]:
        texts = read(context)
        return [*perturbed(context, data, texts), *unmoved(context, data, texts)]

    return rows


TESTS = (
    Test(
        name="restated in terms",
        meaning="templates restate real vignettes in the case's terms, with a reason for each "
        "option: does the honest text score above a changed one?",
        files=(medqa.FILE,),
        run=_of("MedQA, restated", lambda context: honest.restated(context, register=TERMS)),
    ),
    Test(
        name="restated in lay words",
        meaning="the same with lay words and phrases that are from no vocabulary of ours",
        files=(medqa.FILE,),
        run=_of("MedQA, in lay words", lambda context: honest.restated(context, register=LAY)),
    ),
    Test(
        name="restated by another hand",
        meaning="the same in frames, nouns and layouts that were written apart from the others, by "
        "a writer who knew neither them nor the rules",
        files=(medqa.FILE,),
        run=_of("MedQA, another hand", lambda context: honest.restated(context, register=HAND)),
        held_out=True,
    ),
    Test(
        name="changed doctors",
        meaning="doctors' own explanations of cases against changed versions of them",
        files=casimedicos.FILES,
        run=_of("CasiMedicos", honest.doctors),
    ),
    Test(
        name="changed experts",
        meaning="experts' own explanations of vignettes against changed versions of them",
        files=(medmcqa.FILE,),
        run=_of("MedMCQA", honest.experts),
    ),
    Test(
        name="changed chains",
        meaning="real chains of thought with the right answer against changed versions of them",
        files=(chains.FILE,),
        run=_of("chains of thought", honest.right_chains),
    ),
)

"""The tests: share of pairs in which the honest text scores higher than a changed one."""

from __future__ import annotations

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
    honest,
    numbers,
    omissions,
    polarity,
)
from reward_service.validity.perturbations.base import Perturbation
from reward_service.validity.perturbations.honest import Honest
from reward_service.validity.perturbations.pairs import (
    Pair,
    baseline,
    change_of,
    fitting_score,
    make_pairs,
)
from reward_service.validity.perturbations.plan import HAND, LAY, TERMS
from reward_service.validity.perturbations.unmoved import unmoved
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
            OVERLAP: baseline(pairs, token_overlap),
            RECALL: baseline(pairs, token_recall),
            LENGTH: baseline(pairs, lambda text, _: length(text)),
        },
        goal=perturbation.goal,
        note=f"{perturbation.meaning}; by {fitting}, {ours_N2[:, 0].mean():.3f} in honest texts on "
        f"average; {beside}; ties {ties:.1%}, counting half; by the paid reward "
        f"{share_of_pairs(rewards_N2, every):.3f}",
    )


def _auc(pairs_N2: Floats, rows: Ints) -> float:
    return auc_of_pairs(pairs_N2[rows])


def real_texts(context: Context) -> list[Honest]:
    """What doctors, experts and a language model wrote."""
    return [*honest.doctors(context), *honest.experts(context), *honest.right_chains(context)]


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
        meaning="the same in frames, nouns and layouts by a writer who had not seen the rules",
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
    Test(
        name="changed real texts",
        meaning="the pairs of the three tests before, together: too few of a kind are in each",
        files=(*casimedicos.FILES, medmcqa.FILE, chains.FILE),
        run=lambda context: perturbed(context, "real texts", real_texts(context)),
    ),
)

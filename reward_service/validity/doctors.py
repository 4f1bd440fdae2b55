"""Is evidence told from argument in doctors' explanations? On those of CasiMedicos.

The annotators marked *premises* (what is so in this case) and *claims* (what is concluded, or
generally so). Faithfulness should find its claims about the case in the former, and support them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reward_service.validity.base import Context, Row, Scored, Test
from reward_service.validity.baselines import (
    LENGTH,
    OVERLAP,
    RECALL,
    length,
    token_overlap,
    token_recall,
)
from reward_service.validity.columns import column, judged
from reward_service.validity.data import casimedicos
from reward_service.validity.data.casimedicos import DoctorsCase, Part, Tagged
from reward_service.validity.statistics import auc, held_fixed, mean, measured

_DATA = "CasiMedicos"
_SAID = frozenset({"matched", "copied", "contradicted", "unsupported"})


def _premise_rows(context: Context) -> list[Row]:
    cases = context.choose(casimedicos.read(context.data))
    scored = context.score(
        [case.question.item([case.explanation.text]) for case in cases], explain=True
    )
    parts = [
        (case, part, found[0])
        for case, found in zip(cases, scored, strict=True)
        for part in case.explanation.parts
    ]
    premise_N = np.array([part.kind == casimedicos.PREMISE for _, part, _ in parts], dtype=bool)
    texts = [case.explanation.text[part.start : part.end] for case, part, _ in parts]
    overlap_N = np.array(
        [
            token_overlap(text, case.case.text)
            for text, (case, _, _) in zip(texts, parts, strict=True)
        ]
    )
    rows = measured(
        context,
        test="arguments: case or not",
        data=_DATA,
        figure="AUC",
        statistic=lambda values, rows: auc(values[rows], premise_N[rows]),
        ours=np.array([_claims(part, found, _SAID) for _, part, found in parts], dtype=float),
        clusters=[case.key for case, _, _ in parts],
        baselines={OVERLAP: overlap_N, LENGTH: np.array([length(text) for text in texts])},
        note="parts of explanations that restate the case against parts that argue, by the number "
        "of claims about the case that faithfulness finds in them; annotators marked some general "
        "statements as premises, too",
    )
    own = [_supported(case, found) for case, found in zip(cases, _firsts(scored), strict=True)]
    return rows + measured(
        context,
        test="arguments: supported",
        data=_DATA,
        figure="share",
        statistic=mean,
        ours=np.array([hit for hits in own for hit in hits], dtype=float),
        clusters=[case.key for case, hits in zip(cases, own, strict=True) for _ in hits],
        note="claims found in the doctor's premises that the case is said to support; doctors "
        "mostly restate the case faithfully, so what is missing to 1 is mostly a wrong verdict",
    )


def _density_rows(context: Context) -> list[Row]:
    cases = context.choose(casimedicos.read(context.data))
    scored = _firsts(
        context.score([c.question.item([c.explanation.text]) for c in cases], explain=True)
    )
    texts = [case.explanation.text for case in cases]
    length_N = np.array([length(text) for text in texts])
    marked_N = np.array([_marked_words(case.explanation) for case in cases], dtype=float)
    recall_N = np.array(
        [token_recall(text, case.case.text) for text, case in zip(texts, cases, strict=True)]
    )
    rows: list[Row] = []
    for name in ("finding_recall", "faithfulness", "evidence_density"):
        values_N = column(scored, name)
        kept = judged(values_N)
        rows += measured(
            context,
            test=f"evidence: {name}",
            data=_DATA,
            figure="Spearman, length held fixed",
            statistic=held_fixed,
            ours=np.stack([values_N, marked_N, length_N], axis=1)[kept],
            clusters=[cases[i].key for i in kept],
            baselines={RECALL: np.stack([recall_N, marked_N, length_N], axis=1)[kept]},
            note="with how many words of the explanation annotators marked as premises",
        )
    return rows


def _marked_words(tagged: Tagged) -> int:
    """Words inside parts that are marked as premises."""
    return sum(
        len(tagged.text[part.start : part.end].split())
        for part in tagged.parts
        if part.kind == casimedicos.PREMISE
    )


def _claims(part: Part, scored: Scored, outcomes: frozenset[str]) -> int:
    """How many of faithfulness' claims begin in a part of the completion."""
    return sum(
        proof.outcome in outcomes
        and proof.completion is not None
        and part.start <= proof.completion[0] < part.end
        for proof in scored.evidence.get("faithfulness", ())
    )


def _supported(case: DoctorsCase, scored: Scored) -> list[float]:
    """For each claim in the doctor's premises whether the case supports it."""
    hits: list[float] = []
    for part in case.explanation.parts:
        if part.kind == casimedicos.PREMISE:
            supported = _claims(part, scored, frozenset({"matched", "copied"}))
            hits += [1.0] * supported + [0.0] * (_claims(part, scored, _SAID) - supported)
    return hits


def _firsts(scored: Sequence[tuple[Scored, ...]]) -> list[Scored]:
    return [found[0] for found in scored]


TESTS = (
    Test(
        name="premises",
        meaning="are a doctor's statements about the case told from the rest of the argument?",
        files=casimedicos.FILES,
        run=_premise_rows,
    ),
    Test(
        name="evidence",
        meaning="do scores follow how much of an explanation annotators marked as evidence?",
        files=casimedicos.FILES,
        run=_density_rows,
    ),
)

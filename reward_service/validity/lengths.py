"""How much of each score is length? On real chains of thought and on experts' explanations.

A score that mostly follows length pays for words. What real rollouts show mixes two things, though:
a longer chain also weighs more options. The attack suite's fillers separate them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reward_service.validity.base import Context, Row, Scored, Test
from reward_service.validity.baselines import length
from reward_service.validity.columns import NUMBERS, column, judged
from reward_service.validity.data import casimedicos, chains
from reward_service.validity.statistics import measured, spearman


def _chains(context: Context) -> list[Row]:
    questions = context.choose(chains.read(context.data))
    scored = context.score([q.question.item(q.completions) for q in questions])
    texts = [text for q in questions for text in q.completions]
    keys = [q.key for q in questions for _ in q.completions]
    return _rows(context, "chains of thought", [s for found in scored for s in found], texts, keys)


def _doctors(context: Context) -> list[Row]:
    cases = context.choose(casimedicos.read(context.data))
    texts = [case.explanation.text for case in cases]
    scored = context.score(
        [case.question.item([text]) for case, text in zip(cases, texts, strict=True)], explain=True
    )
    return _rows(
        context, "CasiMedicos", [found[0] for found in scored], texts, [case.key for case in cases]
    )


def _rows(
    context: Context, data: str, scored: Sequence[Scored], texts: Sequence[str], keys: Sequence[str]
) -> list[Row]:
    length_N = np.array([length(text) for text in texts])
    rows: list[Row] = []
    for name in NUMBERS:
        values_N = column(scored, name)
        kept = judged(values_N)
        rows += measured(
            context,
            test=f"length: {name}",
            data=data,
            figure="Spearman",
            statistic=lambda values, rows: spearman(values[rows, 0], values[rows, 1]),
            ours=np.stack([values_N, length_N], axis=1)[kept],
            clusters=[keys[i] for i in kept],
            note="with the number of words; lower is better, but 0 is not the aim: to weigh more "
            "options takes more words",
        )
    return rows


TESTS = (
    Test(
        name="lengths",
        meaning="how far do the scores of real chains of thought follow their length?",
        files=(chains.FILE,),
        run=_chains,
    ),
    Test(
        name="lengths of doctors",
        meaning="how far do the scores of doctors' explanations follow their length?",
        files=casimedicos.FILES,
        run=_doctors,
    ),
)

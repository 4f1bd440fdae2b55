"""Real chains of thought: is the answer read right, and do the process scores go with it?

Answers are compared with the collector's own verdicts. That the reasoning of right answers scores
higher than that of wrong ones is not what the process scores promise: near chance is expected, and
anything far above it would rather be the answer leaking into them. Right and wrong chains are
compared within a question, so that easy questions do not pass for good reasoning.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from reward_service.validity.base import Context, Row, Scored, Test
from reward_service.validity.baselines import LENGTH, OVERLAP, length, token_overlap
from reward_service.validity.columns import LESS_IS_BETTER, NUMBERS, column, judged
from reward_service.validity.data import chains
from reward_service.validity.data.chains import Chains
from reward_service.validity.statistics import (
    Floats,
    Ints,
    held_fixed,
    measured,
    share_of_pairs,
)

_DATA = "chains of thought"
_LETTER = re.compile(r"\b[A-J]\b")


def _agreement(context: Context) -> list[Row]:
    questions = context.choose(chains.read(context.data))
    scored = _flat(context.score([q.question.item(q.completions) for q in questions]))
    texts = _texts(questions)
    ours_N = column(scored, "accuracy")
    label_N = np.array([label for q in questions for label in q.correct], dtype=float)
    last_N = np.array([_last_letter(text) == q.question.answer for q, text in texts], dtype=float)
    plain_N = np.array([_names_one_letter(text) for _, text in texts], dtype=bool)
    rows: list[Row] = []
    for test, kept, note in (
        (
            "answers: all",
            judged(ours_N),
            "accuracy against the collector's verdict, which takes the first letter where a chain "
            "names several, and the last option for 'none of the above'",
        ),
        (
            "answers: one letter",
            np.flatnonzero(plain_N & ~np.isnan(ours_N)),
            "only chains with exactly one letter behind their last 'answer is'",
        ),
    ):
        rows += measured(
            context,
            test=test,
            data=_DATA,
            figure="agreement",
            statistic=_equal,
            ours=np.stack([ours_N, label_N], axis=1)[kept],
            clusters=[texts[i][0].key for i in kept],
            baselines={
                "last letter": np.stack([last_N, label_N], axis=1)[kept],
                "always wrong": np.stack([np.zeros(len(label_N)), label_N], axis=1)[kept],
            },
            note=note,
        )
    return rows


def _outcomes(context: Context) -> list[Row]:
    questions = context.choose(chains.read(context.data))
    scored = _flat(context.score([q.question.item(q.completions) for q in questions]))
    texts = _texts(questions)
    label_N = np.array([label for q in questions for label in q.correct], dtype=bool)
    length_N = np.array([length(text) for _, text in texts])
    overlap_N = np.array([token_overlap(text, q.question.question) for q, text in texts])
    keys = [q.key for q, _ in texts]
    pairs = within_questions(keys, label_N)
    rows: list[Row] = []
    for name in NUMBERS:
        sign = -1.0 if name in LESS_IS_BETTER else 1.0
        values_N = sign * column(scored, name)
        both = ~np.isnan(values_N)
        mine = [(i, j) for i, j in pairs if both[i] and both[j]]
        rows += measured(
            context,
            test=f"right or wrong: {name}",
            data=_DATA,
            figure="AUC within questions",
            statistic=share_of_pairs,
            ours=_pairs_of(values_N, mine),
            clusters=[keys[i] for i, _ in mine],
            baselines={OVERLAP: _pairs_of(overlap_N, mine), LENGTH: _pairs_of(length_N, mine)},
            note="right against wrong chains of one question; near 0.5 is expected; rates of "
            "errors are turned round",
        )
        kept = judged(values_N)
        rows += measured(
            context,
            test=f"right or wrong: {name}",
            data=_DATA,
            figure="Spearman, length held fixed",
            statistic=held_fixed,
            ours=np.stack([values_N, label_N.astype(float), length_N], axis=1)[kept],
            clusters=[keys[i] for i in kept],
            note="with the collector's verdict, over all questions; rates are turned round",
        )
    return rows


def within_questions(keys: Sequence[str], right_N: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Index pairs (right, wrong) of the same question, in order."""
    by_key: dict[str, list[int]] = {}
    for i, key in enumerate(keys):
        by_key.setdefault(key, []).append(i)
    return [
        (i, j) for group in by_key.values() for i in group for j in group if right_N[i] > right_N[j]
    ]


def _equal(columns_N2: Floats, rows: Ints) -> float:
    return float((columns_N2[rows, 0] == columns_N2[rows, 1]).mean())


def _pairs_of(values_N: Floats, pairs: Sequence[tuple[int, int]]) -> Floats:
    index_P2 = np.array(pairs, dtype=int).reshape(-1, 2)
    found: Floats = values_N[index_P2]
    return found


def _texts(questions: Sequence[Chains]) -> list[tuple[Chains, str]]:
    return [(q, text) for q in questions for text in q.completions]


def _flat(scored: Sequence[tuple[Scored, ...]]) -> list[Scored]:
    return [one for found in scored for one in found]


def _names_one_letter(text: str) -> bool:
    _, said, tail = text.rpartition("answer is")
    return bool(said) and len(set(_LETTER.findall(tail))) == 1


def _last_letter(text: str) -> str:
    letters = _LETTER.findall(text)
    return letters[-1] if letters else ""


TESTS = (
    Test(
        name="answers",
        meaning="does accuracy agree with the collector's verdict on real chains of thought?",
        files=(chains.FILE,),
        run=_agreement,
    ),
    Test(
        name="outcomes",
        meaning="do process scores go with right answers? (near chance is expected)",
        files=(chains.FILE,),
        run=_outcomes,
    ),
)

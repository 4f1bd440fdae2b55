"""Is an expert's explanation of the question told from an expert's explanation of another one?

On MedMCQA: each question with its own explanation, and with that of the next question of the same
subject, which is as well written and from the same field. Both are scored for the same question.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reward_service.validity.base import Context, Row, Test
from reward_service.validity.baselines import LENGTH, RECALL, length, token_recall
from reward_service.validity.columns import column, judged
from reward_service.validity.data import medmcqa
from reward_service.validity.data.question import Question
from reward_service.validity.statistics import Floats, Ints, auc_of_pairs, measured

_NUMBERS = ("coverage", "faithfulness", "finding_recall", "option_coverage", "distractor_rejection")
# Shorter ones ("Ans. B") explain nothing.
_WORDS = 10


def _rows(context: Context) -> list[Row]:
    explained = context.choose(
        [
            question
            for question in medmcqa.read(context.data)
            if question.explanation and length(question.explanation) >= _WORDS
        ]
    )
    pairs = with_others(explained)
    scored = context.score([q.item([q.explanation or "", other]) for q, other in pairs])
    sources = [" ".join([q.question, *q.options.values()]) for q, _ in pairs]
    texts = [(q.explanation or "", other) for q, other in pairs]
    recall_N2 = np.array(
        [
            [token_recall(t, source) for t in both]
            for both, source in zip(texts, sources, strict=True)
        ]
    )
    length_N2 = np.array([[length(text) for text in both] for both in texts])
    rows: list[Row] = []
    for name in _NUMBERS:
        own_N, other_N = (column([found[i] for found in scored], name) for i in (0, 1))
        kept = judged(own_N, other_N) if pairs else np.array([], dtype=int)
        rows += measured(
            context,
            test=f"experts: {name}",
            data="MedMCQA",
            figure="AUC",
            statistic=_auc,
            ours=np.stack([own_N, other_N], axis=1)[kept],
            clusters=[pairs[i][0].key for i in kept],
            baselines={RECALL: recall_N2[kept], LENGTH: length_N2[kept]},
            note="an expert's explanation of the question against that of another question of the "
            "subject; most of the questions ask for knowledge, and explanations are often notes "
            "without reasons, for which coverage pays nothing",
        )
    return rows


def with_others(questions: Sequence[Question]) -> list[tuple[Question, str]]:
    """Each question with the explanation of the next one of its subject, the last with the first's.

    A subject with one question is left out.
    """
    by_subject: dict[str, list[Question]] = {}
    for question in questions:
        by_subject.setdefault(question.subject, []).append(question)
    return [
        (question, others[(i + 1) % len(others)].explanation or "")
        for others in by_subject.values()
        if len(others) > 1
        for i, question in enumerate(others)
    ]


def _auc(values: Floats, rows: Ints) -> float:
    return auc_of_pairs(values[rows])


TESTS = (
    Test(
        name="experts",
        meaning="is an expert's explanation of the question told from one of another question?",
        files=(medmcqa.FILE,),
        run=_rows,
    ),
)

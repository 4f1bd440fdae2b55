"""Are options rejected, and is the answer read, where a doctor says so? On CasiMedicos.

A doctor argues against the wrong options and for the right one, so a rejection should be read for
the wrong ones only. An option is *named* when its number or half of its words stand in the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from reward_service.validity.base import Context, Row, Scored, Test
from reward_service.validity.baselines import OVERLAP, token_overlap
from reward_service.validity.columns import column
from reward_service.validity.data import casimedicos
from reward_service.validity.data.casimedicos import DoctorsCase
from reward_service.validity.statistics import Floats, Ints, auc, mean, measured

_DATA = "CasiMedicos"
_NUMBER = re.compile(r"\b\d\b")
_NAMED = 0.5


def _rows(context: Context) -> list[Row]:
    cases = context.choose(casimedicos.read(context.data))
    options = [(case, label) for case in cases for label in case.question.options]
    items = [_item(case) | {"answer": label} for case, label in options]
    scored = iter(context.score(items))
    rejected: list[float] = []
    for case in cases:
        rejected += rejections([next(scored)[0] for _ in case.question.options])
    rejected_N = np.array(rejected)
    wrong_N = np.array([label != case.question.answer for case, label in options], dtype=bool)
    overlap_N = np.array([_overlap(case, label) for case, label in options])
    named_N = np.array([is_named(case, label) for case, label in options], dtype=bool)
    keys = [case.key for case, _ in options]
    rows = _answer_row(context, cases)
    for test, kept, note in (
        (
            "arguments: rejections",
            np.arange(len(options)),
            "wrong options against right ones, by whether the doctor's words count as a rejection; "
            "doctors leave many options without a word, which no score can read",
        ),
        ("arguments: rejections, named", np.flatnonzero(named_N), "the same of named options only"),
    ):
        rows += measured(
            context,
            test=test,
            data=_DATA,
            figure="AUC",
            statistic=_auc,
            ours=np.stack([rejected_N, wrong_N], axis=1)[kept],
            clusters=[keys[i] for i in kept],
            baselines={OVERLAP: np.stack([-overlap_N, wrong_N], axis=1)[kept]},
            note=note,
        )
    seen, read = np.flatnonzero(named_N & wrong_N), np.flatnonzero(rejected_N > 0)
    for test, values_N, kept, note in (
        (
            "arguments: rejections seen",
            rejected_N,
            seen,
            "of the wrong options that are named, those that count as rejected; some are only "
            "mentioned",
        ),
        (
            "arguments: rejections right",
            wrong_N.astype(float),
            read,
            "of the options that count as rejected, those that are wrong",
        ),
    ):
        rows += measured(
            context,
            test=test,
            data=_DATA,
            figure="share",
            statistic=mean,
            ours=values_N[kept],
            clusters=[keys[i] for i in kept],
            note=note,
        )
    return rows


def rejections(by_key: Sequence[Scored]) -> list[float]:
    """Whether each option counts as rejected, 0 or 1.

    `by_key[k]` is the same completion scored with option k as the key, whose distractor_rejection
    d_k is the mean over the others. So all rejections sum to Σ d_k, and that of option k is
    Σ d_k − (n − 1) · d_k.
    """
    shares = [scored.metrics["distractor_rejection"] or 0.0 for scored in by_key]
    return [float(round(sum(shares) - (len(shares) - 1) * share)) for share in shares]


def is_named(case: DoctorsCase, label: str) -> bool:
    """Whether the explanation has the option's number, or at least half of its content words."""
    return label in _NUMBER.findall(case.explanation.text) or _overlap(case, label) >= _NAMED


def _answer_row(context: Context, cases: Sequence[DoctorsCase]) -> list[Row]:
    scored = context.score([_item(case) for case in cases])
    named = [case.question.answer in _NUMBER.findall(case.explanation.text) for case in cases]
    return measured(
        context,
        test="arguments: answer read",
        data=_DATA,
        figure="share",
        statistic=mean,
        ours=column([found[0] for found in scored], "accuracy"),
        clusters=[case.key for case in cases],
        baselines={"its number is named": np.array(named, dtype=float)},
        note="explanations whose final answer is read as the key; not all of them state one",
    )


def _item(case: DoctorsCase) -> dict[str, object]:
    return case.question.item([case.explanation.text])


def _overlap(case: DoctorsCase, label: str) -> float:
    return token_overlap(case.question.options[label], case.explanation.text)


def _auc(columns_N2: Floats, rows: Ints) -> float:
    return auc(columns_N2[rows, 0], columns_N2[rows, 1] > 0)


TESTS = (
    Test(
        name="rejections",
        meaning="are options rejected where a doctor rejects them?",
        files=casimedicos.FILES,
        run=_rows,
    ),
)

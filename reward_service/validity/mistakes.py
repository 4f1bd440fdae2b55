"""Can any score tell a medically wrong sentence from its correction? On MEDEC.

The rest of the note is the case; the completions are the corrected and the wrong sentence. The
errors are plausible and need medical knowledge, which the service does not have: chance (0.5) is
expected, and that is what this test is there to show.
"""

from __future__ import annotations

import numpy as np

from reward_service.validity.base import Context, Row, Test
from reward_service.validity.baselines import LENGTH, OVERLAP, length, token_overlap
from reward_service.validity.columns import LESS_IS_BETTER, column, judged
from reward_service.validity.data import medec
from reward_service.validity.statistics import Floats, Ints, auc_of_pairs, measured

_NUMBERS = ("faithfulness", "coverage", "hallucination_rate")


def _rows(context: Context) -> list[Row]:
    flawed = [note for note in medec.read(context.data) if note.corrected]
    notes = [
        (note, note.wrong, note.corrected)
        for note in context.choose(flawed)
        if note.wrong is not None and note.corrected
    ]
    sources = [
        " ".join(s for i, s in enumerate(note.sentences) if i != wrong) for note, wrong, _ in notes
    ]
    pairs = [(corrected, note.sentences[wrong]) for note, wrong, corrected in notes]
    scored = context.score(
        [
            {"question": source, "completions": list(pair)}
            for source, pair in zip(sources, pairs, strict=True)
        ]
    )
    overlap_N2 = np.array(
        [
            [token_overlap(t, source) for t in pair]
            for pair, source in zip(pairs, sources, strict=True)
        ]
    )
    length_N2 = np.array([[length(text) for text in pair] for pair in pairs])
    rows: list[Row] = []
    for name in _NUMBERS:
        sign = -1.0 if name in LESS_IS_BETTER else 1.0
        right_N, wrong_N = (column([found[i] for found in scored], name) for i in (0, 1))
        kept = judged(right_N, wrong_N) if notes else np.array([], dtype=int)
        rows += measured(
            context,
            test=f"mistakes: {name}",
            data="MEDEC",
            figure="AUC",
            statistic=_auc,
            ours=sign * np.stack([right_N, wrong_N], axis=1)[kept],
            clusters=[notes[i][0].key for i in kept],
            baselines={OVERLAP: overlap_N2[kept], LENGTH: length_N2[kept]},
            note="corrected against medically wrong sentences; 0.5 is expected: the case alone "
            "does not tell them apart, and no score here claims to",
        )
    return rows


def _auc(values: Floats, rows: Ints) -> float:
    return auc_of_pairs(values[rows])


TESTS = (
    Test(
        name="mistakes",
        meaning="is a medically wrong sentence told from its correction? (chance is expected)",
        files=(medec.FILE,),
        run=_rows,
    ),
)

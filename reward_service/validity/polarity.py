"""Is each mention read as present or absent, as the patient's own, as past, as said of this case?

Against the labels of one reader (`mentions.py`): of our own sentences, which need no data, and of
MedQA and CasiMedicos. Read is what the embedded analyser says of the labelled words, whether the
vocabulary knows them or not. Baselines: everything is present; or a negation word before it in its
sentence.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from reward_service.analysis.attributes import mention_flags
from reward_service.analysis.pipeline import Analyzer
from reward_service.text.document import Document, Flag, Polarity
from reward_service.validity.base import Context, Row, Test
from reward_service.validity.data import casimedicos, medqa
from reward_service.validity.mentions import (
    ABSENT,
    FAMILY,
    OTHER,
    PAST,
    PRESENT,
    Labelled,
    looked_up,
    own_mentions,
    places,
)
from reward_service.validity.statistics import Floats, Ints, mean, measured
from reward_service.vocabulary import load_vocabulary

_OWN = "own sentences"
_REAL = "MedQA, CasiMedicos"
_NEGATION = re.compile(r"\b(?:no|not|never|without|den(?:y|ies|ied)|absent|negative)\b", re.I)
_STOP = re.compile(r"[.;:?!\n]")
_BITS = {
    FAMILY: int(Flag.FAMILY),
    PAST: int(Flag.PAST),
    "hypothetical": int(Flag.HYPOTHETICAL),
    "general": int(Flag.GENERAL),
}


class Reading(NamedTuple):
    """What the analyser says of a labelled mention."""

    polarity: str
    flags: frozenset[str]


def read(mentions: Sequence[Labelled]) -> list[Reading]:
    """How the embedded analyser reads each of them."""
    analyze = _analyzer()
    documents: dict[tuple[str, bool], Document] = {}
    for mention in mentions:
        text = (mention.text, mention.narrative)
        if text not in documents:
            documents[text] = analyze(mention.text, narrative=mention.narrative)
    return [_reading(documents[(m.text, m.narrative)], m.start, m.end) for m in mentions]


def _reading(document: Document, start: int, end: int) -> Reading:
    overlaps = [
        (min(end, m.end) - max(start, m.start), m)
        for m in document.mentions
        if m.start < end and m.end > start
    ]
    if overlaps:
        # The last of the longest: its head carries what is said of the phrase.
        bits = max(overlaps, key=lambda found: (found[0], found[1].start))[1].flags
    else:
        inside = [
            i
            for i, (s, e) in enumerate(zip(document.starts, document.ends, strict=True))
            if s < end and e > start
        ]
        bits = mention_flags(document.flags, inside[0], inside[-1] + 1)
    polarity = Polarity.ABSENT if bits & int(Flag.NEGATED) else Polarity.PRESENT
    return Reading(polarity.value, frozenset(name for name, bit in _BITS.items() if bits & bit))


def _own_rows(context: Context) -> list[Row]:
    return _rows(context, own_mentions(), _OWN)


def _real_rows(context: Context) -> list[Row]:
    rows = [(medqa.FILE, q.row, "question", q.key, q.question) for q in medqa.read(context.data)]
    for case in casimedicos.read(context.data):
        file = f"casimedicos/{case.key.split(':')[1]}.tsv"
        rows.append((file, case.question.row, "question", case.key, case.case.text))
        rows.append((file, case.question.row, "explanation", case.key, case.explanation.text))
    texts = {(file, row, which): (key, text) for file, row, which, key, text in rows}
    return _rows(context, context.choose(looked_up(places(), texts)), _REAL)


def _rows(context: Context, mentions: Sequence[Labelled], data: str) -> list[Row]:
    pairs = list(zip(mentions, read(mentions), strict=True))
    # Of what is not said of the case, "present" or "absent" means nothing.
    stated = [(label, got) for label, got in pairs if not label.flags & OTHER]
    rows = measured(
        context,
        test="polarity: present or absent",
        data=data,
        figure="accuracy",
        statistic=mean,
        ours=_hits(stated, lambda label, got: got.polarity == label.polarity),
        clusters=[label.key for label, _ in stated],
        baselines={
            "always present": _hits(stated, lambda label, _: label.polarity == PRESENT),
            "negation word before": _hits(stated, lambda label, _: _simple(label)),
        },
        note=_confusions(stated),
    )
    for name, mine, of in (
        ("absent", lambda label: label.polarity == ABSENT, lambda got: got.polarity == ABSENT),
        (FAMILY, lambda label: FAMILY in label.flags, lambda got: FAMILY in got.flags),
        (PAST, lambda label: PAST in label.flags, lambda got: PAST in got.flags),
        ("not of the case", lambda label: label.flags & OTHER, lambda got: got.flags & OTHER),
    ):
        judged = stated if name == "absent" else pairs
        if name == PAST:
            judged = [(label, got) for label, got in stated if FAMILY not in label.flags]
        truth_N2 = np.array([[bool(mine(label)), bool(of(got))] for label, got in judged])
        hit, missed, false = (int(n) for n in _counts(truth_N2))
        rows += measured(
            context,
            test=f"polarity: {name}",
            data=data,
            figure="F1",
            statistic=_f1,
            ours=truth_N2.astype(float),
            clusters=[label.key for label, _ in judged],
            note=f"{hit} seen, {missed} missed, {false} seen wrongly",
        )
    return rows


def _simple(label: Labelled) -> bool:
    before = _STOP.split(label.text[: label.start])[-1]
    return (ABSENT if _NEGATION.search(before) else PRESENT) == label.polarity


def _hits(
    pairs: Iterable[tuple[Labelled, Reading]], right: Callable[[Labelled, Reading], bool]
) -> Floats:
    return np.array([right(label, got) for label, got in pairs], dtype=float)


def _counts(truth_N2: Floats) -> tuple[float, float, float]:
    """Hit, missed, seen wrongly."""
    if not len(truth_N2):
        return 0.0, 0.0, 0.0
    true, seen = truth_N2[:, 0] > 0, truth_N2[:, 1] > 0
    return float((true & seen).sum()), float((true & ~seen).sum()), float((~true & seen).sum())


def _f1(truth_N2: Floats, rows: Ints) -> float:
    hit, missed, false = _counts(truth_N2[rows])
    return 2 * hit / (2 * hit + missed + false) if hit + missed else float("nan")


def _confusions(pairs: Sequence[tuple[Labelled, Reading]]) -> str:
    """The confusion counts, and where the errors are."""
    table = Counter((label.polarity, got.polarity) for label, got in pairs)
    wrong = Counter(label.group for label, got in pairs if label.polarity != got.polarity)
    total = Counter(label.group for label, _ in pairs)
    text = "; ".join(
        f"{true} read as present {table[true, PRESENT]}, as absent {table[true, ABSENT]}"
        for true in (PRESENT, ABSENT)
    )
    where = ", ".join(f"{group} {wrong[group]}/{total[group]}" for group in sorted(wrong))
    return f"{text}; errors by group: {where or 'none'}"


@cache
def _analyzer() -> Analyzer:
    return Analyzer(load_vocabulary())


TESTS = (
    Test(
        name="polarity",
        meaning="are mentions in our own sentences read as a careful reader does?",
        files=(),
        run=_own_rows,
    ),
    Test(
        name="polarity of cases",
        meaning="are mentions in MedQA and CasiMedicos read as a careful reader does?",
        files=(medqa.FILE, *casimedicos.FILES),
        run=_real_rows,
    ),
)

"""Are the findings that coverage lists the ones that doctors build on?

CasiMedicos marks in each case the premises that the argument rests on. A premise is mostly a whole
sentence, so it is also cut into pieces at commas, semicolons and "and": "fatigue, petechiae and
bruises" are three things to see. What the service sees is read from the evidence of an explained
empty completion, which lists every finding with its place. The baseline puts as many findings at
words of the case drawn by lot.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from reward_service.validity.base import Context, Row, Scored, Test
from reward_service.validity.baselines import LENGTH, content_words, length, token_overlap
from reward_service.validity.data import casimedicos
from reward_service.validity.data.casimedicos import DoctorsCase, Tagged
from reward_service.validity.statistics import auc, mean, measured

LOT = "words by lot"
_DATA = "CasiMedicos"
_CUT = re.compile(r"[,;.]\s|\band\b|\bwith\b|\bwithout\b|\n")
_WORD = re.compile(r"\w[\w/°%.-]*\w|\w")

Span = tuple[int, int]


def stated(scored: Scored) -> list[tuple[Span, float]]:
    """Where the question states its findings, and their weights, by an explained completion."""
    return [
        ((proof.case[1], proof.case[2]), proof.weight)
        for proof in scored.evidence.get("coverage", ())
        if proof.case and proof.case[0] == "question"
    ]


def pieces(tagged: Tagged) -> list[Span]:
    """Premises cut at commas and conjunctions; a piece without content words is left out."""
    found = []
    for kind, start, end in tagged.parts:
        if kind != casimedicos.PREMISE:
            continue
        cuts = [start, *(m.end() for m in _CUT.finditer(tagged.text, start, end)), end]
        found += list(pairwise(cuts))
    return [(start, end) for start, end in found if content_words(tagged.text[start:end])]


def _rows(context: Context) -> list[Row]:
    cases = context.choose(casimedicos.read(context.data))
    scored = context.score([case.question.item([""]) for case in cases], explain=True)
    chance = np.random.default_rng(context.seed)
    weighed = [stated(found[0]) for found in scored]
    ours = [[span for span, _ in found] for found in weighed]
    lots = [_by_lot(case, len(spans), chance) for case, spans in zip(cases, ours, strict=True)]
    figures: tuple[tuple[str, Callable[[DoctorsCase, Sequence[Span]], list[float]], str], ...] = (
        ("premises seen", _premises_seen, "share of the marked premises with a finding in them"),
        ("pieces seen", _pieces_seen, "not every piece is a finding, so 1 is not the aim"),
        ("words seen", _words_seen, "share of the premises' content words inside a finding"),
        (
            "precision",
            _in_premises,
            "findings that lie in a premise; the marked premises are most "
            "of the text, so a lot does well, too",
        ),
    )
    rows: list[Row] = []
    for name, figure, note in figures:
        by_case = [figure(case, spans) for case, spans in zip(cases, ours, strict=True)]
        by_lot = [figure(case, spans) for case, spans in zip(cases, lots, strict=True)]
        clusters = [case.key for case, hits in zip(cases, by_case, strict=True) for _ in hits]
        rows += measured(
            context,
            test=f"findings: {name}",
            data=_DATA,
            figure="share",
            statistic=mean,
            ours=np.array([hit for hits in by_case for hit in hits], dtype=float),
            clusters=clusters,
            baselines={LOT: np.array([hit for hits in by_lot for hit in hits], dtype=float)},
            note=note,
        )
    return rows + _weight_rows(context, cases, weighed)


def _premises_seen(case: DoctorsCase, spans: Sequence[Span]) -> list[float]:
    premises = [(start, end) for kind, start, end in case.case.parts if kind == casimedicos.PREMISE]
    return [float(_touched(premise, spans)) for premise in premises]


def _pieces_seen(case: DoctorsCase, spans: Sequence[Span]) -> list[float]:
    return [float(_touched(piece, spans)) for piece in pieces(case.case)]


def _words_seen(case: DoctorsCase, spans: Sequence[Span]) -> list[float]:
    text = case.case.text
    words = [word.span() for word in _WORD.finditer(text) if content_words(word.group())]
    return [
        float(_touched(word, spans))
        for word in words
        if casimedicos.PREMISE in case.case.kinds(*word)
    ]


def _in_premises(case: DoctorsCase, spans: Sequence[Span]) -> list[float]:
    return [float(casimedicos.PREMISE in case.case.kinds(*span)) for span in spans]


def _weight_rows(
    context: Context, cases: Sequence[DoctorsCase], weighed: Sequence[list[tuple[Span, float]]]
) -> list[Row]:
    """Whether the doctor mentions what weighs more: at least half of a finding's words."""
    findings = [
        (case, case.case.text[start:end], weight)
        for case, found in zip(cases, weighed, strict=True)
        for (start, end), weight in found
    ]
    used_N = np.array(
        [token_overlap(text, case.explanation.text) >= 0.5 for case, text, _ in findings],
        dtype=bool,
    )
    return measured(
        context,
        test="findings: weights",
        data=_DATA,
        figure="AUC",
        statistic=lambda values, rows: auc(values[rows], used_N[rows]),
        ours=np.array([weight for _, _, weight in findings]),
        clusters=[case.key for case, _, _ in findings],
        baselines={LENGTH: np.array([length(text) for _, text, _ in findings])},
        note="do findings that weigh more come up more often in the doctor's explanation? Told by "
        "words, not by our own matching",
    )


def _by_lot(case: DoctorsCase, count: int, chance: np.random.Generator) -> list[Span]:
    """As many content words of the case, drawn by lot; different ones where there are enough."""
    text = case.case.text
    words = [word.span() for word in _WORD.finditer(text) if content_words(word.group())]
    if not words:
        return []
    drawn = chance.choice(len(words), size=count, replace=count > len(words))
    return [words[i] for i in sorted(drawn)]


def _touched(span: Span, others: Sequence[Span]) -> bool:
    return any(start < span[1] and end > span[0] for start, end in others)


TESTS = (
    Test(
        name="findings",
        meaning="does coverage list the findings that doctors' arguments rest on?",
        files=casimedicos.FILES,
        run=_rows,
    ),
)

"""What an explanation shows, whatever it is drawn with: marked texts, and sums by outcome."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from reward_service.wire import Evidence, Explanation, ObjectiveExplanation, Outcome, Span

# The worst outcome wins where evidence overlaps.
SEVERITY = (
    Outcome.CONTRADICTED,
    Outcome.UNSUPPORTED,
    Outcome.COPIED,
    Outcome.MISSED,
    Outcome.MATCHED,
)
# A second cue beside the colour.
SYMBOLS = {
    Outcome.MATCHED: "✓",
    Outcome.CONTRADICTED: "✗",
    Outcome.UNSUPPORTED: "?",
    Outcome.MISSED: "○",
    Outcome.COPIED: "≡",
}
MEANINGS = {
    Outcome.MATCHED: "supported by the case, or used",
    Outcome.CONTRADICTED: "the case says otherwise",
    Outcome.UNSUPPORTED: "the case does not say so",
    Outcome.MISSED: "in the case, not used",
    Outcome.COPIED: "copied or listed: earns nothing",
}
# Its evidence is the tags themselves, which would colour whole sections.
_NOT_DRAWN = frozenset({"structure"})


class Segment(NamedTuple):
    """A stretch of text with one outcome, or none."""

    text: str
    outcome: Outcome | None


class Group(NamedTuple):
    """An objective's evidence of one outcome, in its order; `earned` is its sum."""

    outcome: Outcome
    evidence: tuple[Evidence, ...]
    earned: float


def completion_segments(explanation: Explanation) -> list[Segment]:
    """The completion cut into segments; joined they are the text."""
    marks = [(e.completion, e.outcome) for e in _drawn(explanation) if e.completion is not None]
    return _cut(explanation.text, marks)


def case_segments(explanation: Explanation) -> dict[str, list[Segment]]:
    """Each text of the case cut into segments, by field name."""
    marks: dict[str, list[tuple[Span, Outcome]]] = {name: [] for name in explanation.case_texts}
    for evidence in _drawn(explanation):
        if evidence.case is not None and evidence.case.field in marks:
            marks[evidence.case.field].append((evidence.case, evidence.outcome))
    return {name: _cut(text, marks[name]) for name, text in explanation.case_texts.items()}


def groups(objective: ObjectiveExplanation) -> list[Group]:
    """The evidence by outcome: what earned most first, then by severity."""
    by_outcome: dict[Outcome, list[Evidence]] = {}
    for evidence in objective.evidence:
        by_outcome.setdefault(evidence.outcome, []).append(evidence)
    found = [
        Group(outcome, tuple(evidence), sum(e.earned for e in evidence))
        for outcome, evidence in by_outcome.items()
    ]
    return sorted(found, key=lambda g: (-g.earned, SEVERITY.index(g.outcome)))


def describe(evidence: Evidence) -> str:
    """One line: what it is, what the completion says, what the case says."""
    words = []
    if evidence.name:
        absent = "no " if evidence.polarity == "absent" else ""
        words.append(absent + evidence.name)
    if evidence.completion is not None:
        words.append(f"“{_short(evidence.completion.text)}”")
    if evidence.case is not None:
        words.append(f"← {evidence.case.field}: “{_short(evidence.case.text)}”")
    return " ".join(words)


def _drawn(explanation: Explanation) -> Iterable[Evidence]:
    for name, objective in explanation.objectives.items():
        if name not in _NOT_DRAWN:
            yield from objective.evidence


def _cut(text: str, marks: Iterable[tuple[Span, Outcome]]) -> list[Segment]:
    """Cut `text` at the marks' edges; the worst outcome wins."""
    edges: dict[int, list[tuple[int, Outcome]]] = {}
    for start, end, outcome in _without_frames(marks):
        edges.setdefault(start, []).append((1, outcome))
        edges.setdefault(end, []).append((-1, outcome))
    segments: list[Segment] = []
    open_marks = dict.fromkeys(SEVERITY, 0)
    position = 0
    for edge in (*sorted(edges), len(text)):
        if edge > position:
            worst = next((outcome for outcome in SEVERITY if open_marks[outcome]), None)
            piece = text[position:edge]
            if segments and segments[-1].outcome is worst:
                piece = segments.pop().text + piece
            segments.append(Segment(piece, worst))
            position = edge
        for change, outcome in edges.get(edge, ()):
            open_marks[outcome] += change
    return segments


def _without_frames(
    marks: Iterable[tuple[Span, Outcome]],
) -> list[tuple[int, int, Outcome]]:
    """The marks, except matched ones around others: a sentence is shown by what it says."""
    spans = {(span.start, span.end, outcome) for span, outcome in marks if span.start < span.end}
    ordered = sorted(spans, key=lambda s: (s[0], -s[1], SEVERITY.index(s[2])))
    return [
        mark
        for i, mark in enumerate(ordered)
        if mark[2] is not Outcome.MATCHED or not _holds_another(mark, ordered[i + 1 :])
    ]


def _holds_another(
    mark: tuple[int, int, Outcome], later: Sequence[tuple[int, int, Outcome]]
) -> bool:
    for start, end, _ in later:
        if start >= mark[1]:
            return False
        if end <= mark[1]:
            return True
    return False


def _short(text: str, most: int = 70) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1] + "…"

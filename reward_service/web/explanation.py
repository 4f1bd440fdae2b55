"""What an explanation shows, whatever it is drawn with: marked texts, and sums by outcome."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from reward_service.wire import Evidence, Explanation, ObjectiveExplanation, Outcome

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
    """A stretch of text with one outcome, or none.

    `evidence` names what speaks of it, as in `faithfulness-3`: that objective's evidence number 3.
    `last`: the next segment has another outcome, so that a symbol for the outcome belongs here.
    """

    text: str
    outcome: Outcome | None
    evidence: tuple[str, ...] = ()
    last: bool = True


class Group(NamedTuple):
    """An objective's evidence of one outcome, in its order; `earned` is its sum.

    `indices` are the places of the evidence in the objective's list.
    """

    outcome: Outcome
    evidence: tuple[Evidence, ...]
    earned: float
    indices: tuple[int, ...]


def completion_segments(explanation: Explanation) -> list[Segment]:
    """The completion cut into segments; joined they are the text."""
    marks = [
        _Mark(e.completion.start, e.completion.end, e.outcome, name)
        for name, e in _drawn(explanation)
        if e.completion is not None
    ]
    return _cut(explanation.text, marks)


def case_segments(explanation: Explanation) -> dict[str, list[Segment]]:
    """Each text of the case cut into segments, by field name."""
    marks: dict[str, list[_Mark]] = {field: [] for field in explanation.case_texts}
    for name, e in _drawn(explanation):
        if e.case is not None and e.case.field in marks:
            marks[e.case.field].append(_Mark(e.case.start, e.case.end, e.outcome, name))
    return {field: _cut(text, marks[field]) for field, text in explanation.case_texts.items()}


def evidence_name(objective: str, index: int) -> str:
    """What segments call an objective's evidence number `index`, from 0."""
    return f"{objective}-{index}"


def groups(objective: ObjectiveExplanation) -> list[Group]:
    """The evidence by outcome: what earned most first, then by severity."""
    by_outcome: dict[Outcome, list[int]] = {}
    for index, evidence in enumerate(objective.evidence):
        by_outcome.setdefault(evidence.outcome, []).append(index)
    found = []
    for outcome, indices in by_outcome.items():
        chosen = tuple(objective.evidence[index] for index in indices)
        found.append(Group(outcome, chosen, sum(e.earned for e in chosen), tuple(indices)))
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


class _Mark(NamedTuple):
    start: int
    end: int
    outcome: Outcome
    evidence: str


def _drawn(explanation: Explanation) -> Iterable[tuple[str, Evidence]]:
    for name, objective in explanation.objectives.items():
        if name not in _NOT_DRAWN:
            for index, evidence in enumerate(objective.evidence):
                yield evidence_name(name, index), evidence


def _cut(text: str, marks: Iterable[_Mark]) -> list[Segment]:
    """Cut `text` at the marks' edges; the worst outcome wins.

    A matched mark around others has no colour: a sentence is shown by what it says.
    """
    ordered = sorted(
        (mark for mark in marks if mark.start < mark.end),
        key=lambda m: (m.start, -m.end, SEVERITY.index(m.outcome), m.evidence),
    )
    edges: dict[int, list[tuple[_Mark, bool]]] = {}
    for i, mark in enumerate(ordered):
        coloured = mark.outcome is not Outcome.MATCHED or not _holds_another(mark, ordered[i + 1 :])
        for edge in (mark.start, mark.end):
            edges.setdefault(edge, []).append((mark, coloured))
    segments: list[Segment] = []
    open_marks: dict[_Mark, bool] = {}
    position = 0
    for edge in sorted({*edges, len(text)}):
        if edge > position:
            coloured_outcomes = {mark.outcome for mark, coloured in open_marks.items() if coloured}
            worst = next((o for o in SEVERITY if o in coloured_outcomes), None)
            evidence = tuple(sorted(mark.evidence for mark in open_marks))
            if segments and segments[-1].outcome is worst:
                segments[-1] = segments[-1]._replace(last=False)
            segments.append(Segment(text[position:edge], worst, evidence))
            position = edge
        for mark, coloured in edges.get(edge, ()):
            if mark.start == edge:
                open_marks[mark] = coloured
            else:
                del open_marks[mark]
    return segments


def _holds_another(mark: _Mark, later: Sequence[_Mark]) -> bool:
    """Whether one of the marks that begin later lies in it, with other edges."""
    for other in later:
        if other.start >= mark.end:
            return False
        if other.end <= mark.end and (other.start, other.end) != (mark.start, mark.end):
            return True
    return False


def _short(text: str, most: int = 70) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1] + "…"

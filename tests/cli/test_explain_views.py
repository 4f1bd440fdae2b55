from __future__ import annotations

import io
import re
from html.parser import HTMLParser

import pytest
from rich.console import Console

from reward_service.cli.explain_html import page
from reward_service.cli.explain_terminal import show
from reward_service.cli.explain_view import (
    SEVERITY,
    SYMBOLS,
    Segment,
    case_segments,
    completion_segments,
    describe,
    groups,
)
from reward_service.wire import (
    Abstention,
    CaseSpan,
    Evidence,
    Explanation,
    ObjectiveExplanation,
    Outcome,
    Score,
    Scorer,
    Span,
)

QUESTION = "He has fever & a dry cough. <b>No rash.</b>"
TEXT = "Fever with a rash, and pneumonia."
IDENTITY = Scorer(version="1", pipeline="p", vocabulary="v", fingerprint="abc")


def said(words: str) -> Span:
    start = TEXT.index(words)
    return Span(start=start, end=start + len(words), text=words)


def cited(words: str) -> CaseSpan:
    start = QUESTION.index(words)
    return CaseSpan(start=start, end=start + len(words), text=words, field="question")


@pytest.fixture
def score() -> Score:
    faithfulness = [
        Evidence(
            outcome=Outcome.MATCHED,
            completion=said("Fever"),
            case=cited("fever"),
            name="Fever",
            polarity="present",
            weight=1,
            earned=0.5,
        ),
        Evidence(
            outcome=Outcome.CONTRADICTED,
            completion=said("with a rash"),
            case=cited("No rash"),
            name="Rash",
            polarity="present",
            weight=2,
            earned=-0.25,
        ),
        Evidence(outcome=Outcome.UNSUPPORTED, completion=said("a rash"), weight=1, earned=0),
    ]
    coverage = [
        Evidence(outcome=Outcome.MISSED, case=cited("dry cough"), name="Cough", weight=1, earned=0)
    ] * 20
    explanation = Explanation(
        text=TEXT,
        case_texts={"question": QUESTION},
        sections={},
        answers=["A"],
        objectives={
            "accuracy": ObjectiveExplanation(score=None, formula="", evidence=[]),
            "faithfulness": ObjectiveExplanation(
                score=0.25, formula="(1 - 0.5) / 2", evidence=faithfulness
            ),
            "coverage": ObjectiveExplanation(score=0.0, formula="0 / 20", evidence=coverage),
        },
    )
    return Score(
        objectives={"accuracy": None, "faithfulness": 0.25, "coverage": 0.0},
        abstentions={"accuracy": Abstention.NO_ANSWER_KEY},
        reward=0.25,
        metrics={"words": 6.0, "consistency": None},
        explanation=explanation,
    )


def test_segments_join_to_the_text_and_the_worst_wins(score: Score) -> None:
    assert score.explanation is not None
    assert completion_segments(score.explanation) == [
        Segment("Fever", Outcome.MATCHED),
        Segment(" ", None),
        Segment("with a rash", Outcome.CONTRADICTED),
        Segment(", and pneumonia.", None),
    ]
    segments = case_segments(score.explanation)["question"]
    assert "".join(segment.text for segment in segments) == QUESTION
    assert [s.outcome for s in segments if s.outcome] == [
        Outcome.MATCHED,
        Outcome.MISSED,
        Outcome.CONTRADICTED,
    ]


def test_a_matched_sentence_is_shown_by_the_marks_inside_it(score: Score) -> None:
    assert score.explanation is not None
    whole = Span(start=0, end=len(TEXT), text=TEXT)
    outer = [
        Evidence(outcome=outcome, completion=whole, weight=1, earned=0)
        for outcome in (Outcome.MATCHED, Outcome.COPIED)
    ]
    faithfulness = score.explanation.objectives["faithfulness"]
    drawn = []
    for evidence in outer:
        both = faithfulness.model_copy(update={"evidence": [evidence, *faithfulness.evidence]})
        explanation = score.explanation.model_copy(update={"objectives": {"faithfulness": both}})
        drawn.append(completion_segments(explanation))
    assert drawn[0] == completion_segments(score.explanation)
    assert drawn[1][-1] == Segment(", and pneumonia.", Outcome.COPIED)


def test_groups_add_up_to_the_score(score: Score) -> None:
    assert score.explanation is not None
    for objective in score.explanation.objectives.values():
        if objective.score is not None:
            assert sum(group.earned for group in groups(objective)) == pytest.approx(
                objective.score
            )


def test_every_outcome_can_be_drawn() -> None:
    assert set(SEVERITY) == set(SYMBOLS) == set(Outcome)


def test_a_line_of_evidence(score: Score) -> None:
    assert score.explanation is not None
    evidence = score.explanation.objectives["faithfulness"].evidence[1]
    assert describe(evidence) == "Rash “with a rash” ← question: “No rash”"
    absent = evidence.model_copy(update={"polarity": "absent", "case": None})
    assert describe(absent) == "no Rash “with a rash”"


def test_the_terminal_shows_marks_sums_and_what_is_hidden(score: Score) -> None:
    out = io.StringIO()
    show(score, Console(file=out, width=100, highlight=False), most=8)
    text = out.getvalue()
    assert "Fever✓ with a rash✗, and pneumonia." in text
    assert "accuracy  not judged: no_answer_key" in text
    assert "+0.500000" in text
    assert "-0.250000" in text
    assert "… and 12 more (--all)" in text
    assert "reward  0.25" in text
    everything = io.StringIO()
    show(score, Console(file=everything, width=100, highlight=False), most=None)
    assert everything.getvalue().count("Cough “") + everything.getvalue().count("Cough ←") == 20
    assert "more (--all)" not in everything.getvalue()


def test_colours_are_used_where_there_are_colours(score: Score) -> None:
    out = io.StringIO()
    show(score, Console(file=out, width=100, force_terminal=True, color_system="standard"), most=8)
    assert "\x1b[4;32mFever" in out.getvalue()


def test_the_page_is_whole_and_escapes_every_text(score: Score) -> None:
    html = page(score, IDENTITY, title="<script>alert(1)</script>")
    assert "<script" not in html
    assert "<b>" not in html
    assert "&lt;b&gt;" in html
    assert not re.search(r"(src|href)=", html)
    texts: list[str] = []
    parser = HTMLParser()
    parser.handle_data = texts.append  # type: ignore[method-assign]
    parser.feed(html)
    shown = "".join(texts)
    assert "Fever✓ with a rash✗, and pneumonia." in shown
    assert "not judged: no_answer_key" in shown
    assert "abc" in shown

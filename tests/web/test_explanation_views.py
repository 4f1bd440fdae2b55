from __future__ import annotations

import io
import re
from html.parser import HTMLParser

import pytest
from rich.console import Console

from reward_service.cli.explain_terminal import show
from reward_service.web.comparison import alone, differences
from reward_service.web.explanation import (
    SEVERITY,
    SYMBOLS,
    Segment,
    case_segments,
    completion_segments,
    describe,
    groups,
)
from reward_service.web.form import Form
from reward_service.web.render import Shown, explanation_page, start_page
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
SHOWN = Shown(IDENTITY, {"accuracy": 10.0, "faithfulness": 1.0, "coverage": 1.0})


class Read(HTMLParser):
    """What a page says: its text, its tags, and what its marks hold."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[str] = []
        self.marks: list[dict[str, str | None]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "mark":
            self.marks.append(dict(attrs))

    def handle_data(self, data: str) -> None:
        self.text += data


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


def shape(segments: list[Segment]) -> list[tuple[str, Outcome | None]]:
    return [(segment.text, segment.outcome) for segment in segments]


def test_segments_join_to_the_text_and_the_worst_wins(score: Score) -> None:
    assert score.explanation is not None
    segments = completion_segments(score.explanation)
    assert segments == [
        Segment("Fever", Outcome.MATCHED, ("faithfulness-0",)),
        Segment(" ", None),
        Segment("with ", Outcome.CONTRADICTED, ("faithfulness-1",), last=False),
        Segment("a rash", Outcome.CONTRADICTED, ("faithfulness-1", "faithfulness-2")),
        Segment(", and pneumonia.", None),
    ]
    segments = case_segments(score.explanation)["question"]
    assert "".join(segment.text for segment in segments) == QUESTION
    assert [s.outcome for s in segments if s.outcome] == [
        Outcome.MATCHED,
        Outcome.MISSED,
        Outcome.CONTRADICTED,
    ]
    assert len(segments[3].evidence) == 20


def test_a_mark_at_the_very_end_and_two_that_meet(score: Score) -> None:
    assert score.explanation is not None
    faithfulness = score.explanation.objectives["faithfulness"]
    ends = [
        Evidence(outcome=Outcome.MATCHED, completion=said("Fever with"), weight=1, earned=0),
        Evidence(outcome=Outcome.MATCHED, completion=said("pneumonia."), weight=1, earned=0),
        Evidence(outcome=Outcome.COPIED, completion=said(" a rash, and "), weight=1, earned=0),
    ]
    explanation = score.explanation.model_copy(
        update={"objectives": {"faithfulness": faithfulness.model_copy(update={"evidence": ends})}}
    )
    assert shape(completion_segments(explanation)) == [
        ("Fever with", Outcome.MATCHED),
        (" a rash, and ", Outcome.COPIED),
        ("pneumonia.", Outcome.MATCHED),
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
        both = faithfulness.model_copy(update={"evidence": [*faithfulness.evidence, evidence]})
        explanation = score.explanation.model_copy(update={"objectives": {"faithfulness": both}})
        drawn.append(completion_segments(explanation))
    assert shape(drawn[0]) == shape(completion_segments(score.explanation))
    assert all("faithfulness-3" in segment.evidence for segment in drawn[0])
    assert shape(drawn[1])[-1] == (", and pneumonia.", Outcome.COPIED)


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


def test_a_page_of_its_own_is_whole_and_escapes_every_text(score: Score) -> None:
    shown = Shown(IDENTITY, SHOWN.weights, inline=True)
    hostile = "<script>alert(1)</script>"
    html = explanation_page(shown, [score], Form(), title=hostile, names=[hostile])
    assert "alert(1)" in html
    assert "<script>alert(1)" not in html
    assert "<b>No rash" not in html
    assert "&lt;b&gt;" in html
    assert not re.search(r"(src|href)=[\"'](?!#|data:)", html)
    page = Read(html)
    assert "Fever with a rash, and pneumonia." in page.text
    assert "not judged: no_answer_key" in page.text
    assert "abc" in page.text
    assert page.tags.count("script") == 1


def test_every_mark_leads_to_its_line_of_evidence(score: Score) -> None:
    html = explanation_page(SHOWN, [score], Form(), title="t", names=["n"])
    names = {name for mark in Read(html).marks for name in (mark.get("data-e") or "").split()}
    rows = set(re.findall(r'data-row="([^"]+)"', html))
    assert names
    assert names <= rows
    assert len(rows) == 3 + 20


def test_hostile_form_fields_come_back_as_text() -> None:
    form = Form(
        question='"><img src=x onerror=alert(1)>',
        answer='" onfocus="x',
        completions=("</textarea><b>",),
    )
    html = start_page(SHOWN, [], form, problem="<i>")
    assert "<img" not in html
    assert "</textarea><b>" not in html
    assert ' onfocus="x' not in html
    assert "&lt;i&gt;" in html


def test_a_completion_that_was_not_judged_has_a_page(score: Score) -> None:
    failed = Score(
        objectives={"accuracy": None},
        abstentions={"accuracy": Abstention.SCORER_ERROR},
        reward=None,
        metrics={"words": None},
    )
    html = explanation_page(SHOWN, [failed], Form(), title="t", names=["n"])
    assert "Not judged" in html
    assert "scorer_error" in html


def test_the_difference_of_two(score: Score) -> None:
    other = score.model_copy(
        update={"objectives": {**score.objectives, "faithfulness": 1.0}, "reward": 1.0}
    )
    rows = {row.name: row for row in differences(score, other)}
    assert list(rows) == ["accuracy", "faithfulness", "coverage", "reward", "words", "consistency"]
    assert rows["faithfulness"].change == 0.75
    assert rows["accuracy"].change is None
    assert alone(score, other) == []
    assert score.explanation is not None
    objectives = dict(score.explanation.objectives)
    objectives["faithfulness"] = objectives["faithfulness"].model_copy(update={"evidence": []})
    bare = score.model_copy(
        update={"explanation": score.explanation.model_copy(update={"objectives": objectives})}
    )
    assert [a.outcome for a in alone(score, bare)] == [
        Outcome.CONTRADICTED,
        Outcome.UNSUPPORTED,
        Outcome.MATCHED,
    ]
    html = explanation_page(SHOWN, [score, bare], Form(), title="t", names=["one", "two"])
    assert "Only in one" in html

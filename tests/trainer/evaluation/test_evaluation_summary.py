"""Tables and differences from rows alone."""

from __future__ import annotations

from typing import Any

import pytest
from evaluation_helpers import StubClient, questions

from trainer.evaluation import Completion, EvaluationError, compare, summarise
from trainer.evaluation.scoring import score_completions

TEXTS = {
    "q1": ("A fever", "cough"),
    "q2": ("B rash", "A rash wait", "broken A"),
    "q3": ("no fever .",),
}


def scored(texts: dict[str, tuple[str, ...]]) -> list[dict[str, Any]]:
    completions = [
        Completion(id, sample, text, tokens=len(text.split()), truncated=False)
        for id, several in texts.items()
        for sample, text in enumerate(several)
    ]
    found, _ = score_completions(questions(), completions, StubClient())
    return found


def test_every_question_counts_alike_however_many_completions_it_has() -> None:
    table = summarise(scored(TEXTS))
    accuracy = table["accuracy"]
    assert accuracy.interval is not None
    assert accuracy.interval.value == pytest.approx((0.5 + 0.5 + 0.0) / 3)
    assert accuracy.judged == 5
    assert (table.questions, table.completions) == (3, 6)


def test_failures_and_abstentions_are_counted_and_are_no_zeros() -> None:
    table = summarise(scored(TEXTS))
    assert table.failures == {"timeout": 1}
    assert table.abstentions == {"faithfulness: no_findings_in_case": 2}
    faithfulness = table["faithfulness"].interval
    assert faithfulness is not None
    assert faithfulness.value == pytest.approx((0.5 + 1.0) / 2)  # q2 was never judged
    assert table["metric_hallucination"].interval is None


def test_papers_metrics_and_lexical_counts_by_hand() -> None:
    table = summarise(scored({"q1": ("wait fever", "A")}))
    values = {e.name: e.interval and e.interval.value for e in table.estimates}
    assert values["metric_cecd"] == 2.0
    assert values["metric_drc"] == 0.5 * 2  # two wrong options
    assert values["metric_lexical_backtracking"] == 0.5
    assert values["completion_tokens"] == 1.5
    assert values["metric_truncated"] == 0.0
    assert values["reward"] == pytest.approx((1 + 10) / 2)


def test_differences_are_paired_by_question() -> None:
    better = {"q1": ("A fever", "A"), "q2": ("A rash",), "q3": ("A fever .",)}
    comparison = compare(scored(better), scored(TEXTS), baseline="start")
    difference = comparison.differences["accuracy"]
    assert difference is not None
    assert difference.value == pytest.approx(1.0 - 1 / 3)
    same = compare(scored(TEXTS), scored(TEXTS), baseline="start").differences
    assert {(d.low, d.high) for d in same.values() if d} == {(0.0, 0.0)}


def test_other_questions_cannot_be_compared() -> None:
    with pytest.raises(EvaluationError, match="1 are missing there, 0 here"):
        compare(scored(TEXTS), scored({"q1": ("A",), "q2": ("A",)}), baseline="start")


def test_nothing_to_summarise() -> None:
    with pytest.raises(EvaluationError, match="no completions"):
        summarise([])

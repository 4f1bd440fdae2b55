"""What the demonstration shows at its end, on rows made by hand."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from rich.console import Console

from trainer.demo.show import before_and_after, changed_cases, example, summary
from trainer.evaluation import Evaluation, compare
from trainer.evaluation.summary import summarise

ITEM = json.dumps({"question": "Why?", "options": {"A": "gout", "B": "flu"}, "answer": "B"})


def row(id: str, faithfulness: float | None, coverage: float | None, **more: Any) -> dict[str, Any]:
    fields = {
        "id": id,
        "sample": 0,
        "group": 0,
        "item": ITEM,
        "completion": f"[{id}] {faithfulness}",
        "accuracy": 1.0,
        "faithfulness": faithfulness,
        "coverage": coverage,
        "metric_hallucination": None,
        "metric_drc": 1.0,
        "metric_words": 30.0,
    }
    return fields | more


def evaluation(label: str, rows: list[dict[str, Any]]) -> Evaluation:
    return Evaluation(label, "test", {}, None, rows, summarise(rows), len(rows))


def printed(*things: object) -> str:
    console = Console(file=io.StringIO(), width=100)
    for thing in things:
        console.print(thing)
    text: str = console.file.getvalue()  # type: ignore[attr-defined]
    return text


def test_the_largest_gain_and_the_largest_loss() -> None:
    before = [row("a", 0.5, 0.5), row("b", 0.2, 0.2), row("c", 0.9, 0.9), row("d", None, None)]
    after = [row("a", 0.6, 0.5), row("b", 0.8, 0.9), row("c", 0.1, 0.9), row("d", 1.0, 1.0)]
    gain, loss = changed_cases(before, after)
    assert (gain.after["id"], loss.after["id"]) == ("b", "c")
    assert gain.change == pytest.approx(1.3) and loss.change == pytest.approx(-0.8)


def test_what_was_not_judged_counts_as_no_zero() -> None:
    # Faithfulness was judged on one side only: coverage alone tells.
    gain, loss = changed_cases(
        [row("a", None, 0.5), row("b", 0.5, 0.5)], [row("a", 1.0, 0.4), row("b", 0.5, 0.6)]
    )
    assert gain.after["id"] == "b" and loss.change == pytest.approx(-0.1)


def test_the_first_judged_sample_stands_for_a_case() -> None:
    before = [row("a", None, None), row("a", 0.5, 0.5, sample=1)]
    after = [row("a", 0.7, 0.7, sample=1), row("a", 0.9, 0.9)]
    (only,) = changed_cases(before, after)
    assert only.before["sample"] == only.after["sample"] == 1


def test_without_a_judged_case_there_is_no_example() -> None:
    assert changed_cases([row("a", None, None)], [row("a", 1.0, 1.0)]) == []


def test_an_example_shows_case_key_and_both_completions() -> None:
    (case,) = changed_cases([row("a", 0.25, 0.5)], [row("a", 0.75, 0.5)])
    text = printed(example(case))
    for part in ("Why?", "B. flu  ← key", "[a] 0.25", "[a] 0.75", "coverage +0.50"):
        assert part in text
    assert "before: accuracy 1.00, faithfulness 0.25, coverage 0.50" in text


def test_the_table_has_intervals_and_the_summary_claims_no_more() -> None:
    before = [row(str(i), 0.4, 0.5) for i in range(6)]
    after = [row(str(i), 0.6, 0.4 + 0.2 * (i % 2)) for i in range(6)]
    start, end = evaluation("before", before), evaluation("after", after)
    differences = compare(end.rows, start.rows, baseline="before")
    text = printed(before_and_after(start, end, differences))
    assert "0.40 [0.40, 0.40]" in text and "+0.20 [+0.20, +0.20]" in text
    assert "not judged" in text  # the hallucination rate
    assert "[low, high]: 95% bootstrap interval over 6 cases, 1 completions each" in text
    assert summary(start, end, differences) == (
        "Accuracy did not change beyond chance; faithfulness rose by 50%; coverage did not change "
        "beyond chance; hallucination rate was not judged."
    )

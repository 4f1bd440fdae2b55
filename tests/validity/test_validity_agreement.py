"""The tests on people's texts, on the tiny data folder and on made-up scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from reward_service.validity import doctors, experts, lengths, mistakes, outcomes, rejections
from reward_service.validity.base import Context, Row, Scored
from reward_service.validity.data.question import Question
from reward_service.validity.registry import registered


def _run(context: Context, name: str) -> dict[str, Row]:
    (test,) = (test for test in registered() if test.name == name)
    return {row.test: row for row in test.run(context)}


def _made_up(context: Context, value: Any) -> Context:
    """A context whose scorer gives every completion `value(completion)` for every number."""

    class Everything(dict[str, float]):
        def __missing__(self, name: str) -> float:
            return float(self["all"])

    def score(
        items: Sequence[Mapping[str, Any]], *, explain: bool = False
    ) -> list[tuple[Scored, ...]]:
        found = []
        for item in items:
            values = [float(value(text)) for text in item["completions"]]
            found.append(tuple(Scored({}, Everything({"all": one}), one, {}) for one in values))
        return found

    return replace(context, score=score)


def test_rejections_are_solved_for_from_distractor_rejection() -> None:
    # Options 1 and 3 of 4 are rejected: with key k, the mean over the other three.
    rejected = [0.0, 1.0, 0.0, 1.0]
    shares = [(2 - rejected[k]) / 3 for k in range(4)]
    by_key = [Scored({}, {"distractor_rejection": share}, None, {}) for share in shares]
    assert rejections.rejections(by_key) == rejected


def test_a_doctors_rejection_is_read(context: Context) -> None:
    rows = _run(context, "rejections")
    assert rows["arguments: rejections"].ours > 0.5
    assert rows["arguments: rejections right"].ours == 1.0
    assert rows["arguments: rejections seen"].ours > 0
    assert rows["arguments: rejections, named"].n < rows["arguments: rejections"].n
    assert rows["arguments: answer read"].n == 3


def test_a_doctors_premises_are_supported(context: Context) -> None:
    rows = _run(context, "premises")
    assert rows["arguments: supported"].ours == 1.0
    assert set(rows["arguments: case or not"].baselines) == {"token overlap", "length"}


def test_explanations_are_swapped_within_a_subject() -> None:
    def question(key: str, subject: str) -> Question:
        return Question(
            key=key,
            row=0,
            question="?",
            options={"A": "x"},
            answer="A",
            explanation=f"of {key}",
            subject=subject,
        )

    rows = [question("a", "s"), question("b", "t"), question("c", "s"), question("d", "u")]
    pairs = [(q.key, other) for q, other in experts.with_others([*rows, question("e", "t")])]
    assert pairs == [("a", "of c"), ("c", "of a"), ("b", "of e"), ("e", "of b")]


def test_the_own_explanation_is_the_better_one(context: Context) -> None:
    rows = _run(context, "experts")
    assert rows["experts: coverage"].n == 2
    assert rows["experts: coverage"].ours == 1.0
    assert rows["experts: coverage"].baselines["length"] < 1.0


def test_corrections_against_mistakes(context: Context) -> None:
    # A made-up scorer that knows medicine; a rate of errors is better when it is lower.
    rows = _run(_made_up(context, lambda text: "asthma" in text), "mistakes")
    assert rows["mistakes: faithfulness"].ours == 1.0
    assert rows["mistakes: hallucination_rate"].ours == 0.0
    assert rows["mistakes: faithfulness"].baselines["length"] == 0.5


def test_answers_are_compared_with_the_collectors_verdict(context: Context) -> None:
    rows = _run(context, "answers")
    for row in rows.values():
        assert (row.n, row.ours) == (4, 1.0)
        assert row.baselines == {"always wrong": 0.5, "last letter": 1.0}
    assert list(rows) == ["answers: all", "answers: one letter"]


@pytest.mark.parametrize(
    ("text", "one"),
    [
        ("Among A through D, the answer is B.", True),
        ("The answer is A. No: the answer is B, or B) Ulna.", True),
        ("The answer is A and B.", False),
        ("The answer is none of these.", False),
        ("B", False),
    ],
)
def test_one_letter(text: str, one: bool) -> None:
    assert outcomes._names_one_letter(text) is one


def test_right_and_wrong_chains_are_paired_within_their_question() -> None:
    keys = ["a", "a", "a", "b", "b"]
    right_N = np.array([True, False, True, False, False])
    assert outcomes.within_questions(keys, right_N) == [(0, 1), (2, 1)]


def test_outcomes(context: Context) -> None:
    (test,) = (test for test in outcomes.TESTS if test.name == "outcomes")
    rows = test.run(_made_up(context, lambda text: "answer is A" in text))
    within = {row.test: row for row in rows if row.figure == "AUC within questions"}
    assert within["right or wrong: coverage"].ours == 1.0
    assert within["right or wrong: hallucination_rate"].ours == 0.0
    assert within["right or wrong: coverage"].n == 2


def test_length_is_told(context: Context) -> None:
    rows = _run(_made_up(context, lambda text: len(text.split())), "lengths")
    assert {row.ours for row in rows.values()} == {1.0}


@pytest.mark.parametrize("name", ["evidence", "lengths", "lengths of doctors"])
def test_correlations_need_differences(context: Context, name: str) -> None:
    assert _run(_made_up(context, lambda text: 0.5), name) == {}


def test_modules_are_in_the_registry() -> None:
    names = [test.name for test in registered()]
    assert len(set(names)) == len(names)
    for module in (doctors, experts, mistakes, outcomes, lengths):
        positions = [names.index(test.name) for test in module.TESTS]
        assert all(b == a + 1 for a, b in pairwise(positions))

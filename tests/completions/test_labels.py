"""Labels in the shapes in which training stacks carry them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reward_service.completions.labels import Label, lettered_options, read_label

OPTIONS = {"A": "Pneumonia", "B": "Asthma"}


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        ("B", "B"),
        (" Asthma \n", "Asthma"),
        (["A", "C"], ("A", "C")),
        (["B"], "B"),
        ('["A", "C"]', ("A", "C")),
        (7, "7"),
        ("\\boxed{B}", "B"),
        ("<answer> B </answer>", "B"),
        ("#### B", "B"),
        ({"answer": "B"}, "B"),
        ({"ground_truth": {"answer": "B"}}, "B"),
        ({"ground_truth": "B", "style": "rule"}, "B"),
        ('{"answer_idx": "B"}', "B"),
        ({"solution": '{"answer": "B"}'}, "B"),
        ("[B]", "[B]"),
        ({"choices": ["x", "y", "z"], "answer": 2}, "C"),
    ],
)
def test_the_answer_is_read(value: object, answer: object) -> None:
    label = read_label(value)
    assert (label.answer, label.unread) == (answer, False)


@pytest.mark.parametrize("value", [None, "", "  ", {}, [], "{}", {"question": "Which?"}])
def test_nothing_is_no_answer(value: object) -> None:
    label = read_label(value)
    assert (label.answer, label.unread) == (None, False)


@pytest.mark.parametrize(
    "value",
    [
        True,
        {"colour": "red"},
        '{"answer": ',
        '{"answer": "\\ud800"}',
        [["A"], ["B"]],
        {"choices": ["x"], "answer": 4},
        {"answer": {"answer": {"answer": {"answer": {"answer": "B"}}}}},
    ],
)
def test_what_cannot_be_read_says_so(value: object) -> None:
    label = read_label(value)
    assert (label.answer, label.unread) == (None, True)


def test_question_and_options_come_along() -> None:
    row = {
        "id": "q",
        "question": "Which?",
        "options": OPTIONS,
        "answer": "B",
        "context": "Note.",
        "reference": "Because.",
    }
    expected = Label("B", "Which?", OPTIONS, "Note.", "Because.", "q")
    assert read_label(row) == read_label(json.dumps(row)) == expected


@pytest.mark.parametrize(
    "options",
    [
        OPTIONS,
        {**OPTIONS, "C": None},
        ["Pneumonia", "Asthma"],
        {"label": ["A", "B"], "text": ["Pneumonia", "Asthma"]},
        [{"key": "A", "value": "Pneumonia"}, {"key": "B", "value": "Asthma"}],
    ],
)
def test_options_in_every_shape(options: object) -> None:
    assert lettered_options(options) == OPTIONS


@pytest.mark.parametrize("options", [None, [], {}, "A", [1], {"A": 1}, [{"key": "A"}], ["x"] * 27])
def test_odd_options_are_none(options: object) -> None:
    assert lettered_options(options) is None


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.sampled_from(["answer", "options", "x"]), inner)
        ),
    )
)
def test_any_value_is_read(value: object) -> None:
    label = read_label(value)
    assert label.answer is None or not label.unread

"""What is said to be least likely: an answer only where the question asks for it."""

from __future__ import annotations

import pytest

from reward_service.completions import find_answer, parse_completion
from reward_service.scoring.scorer import Scorer
from reward_service.wire import Item, ScoreRequest

OPTIONS = {"1": "Pneumonia", "2": "Gout", "3": "Measles"}


@pytest.mark.parametrize(
    ("text", "asked", "otherwise"),
    [
        ("The least likely option is 3.", ("3",), ()),
        ("Option 3 is the least likely answer.", ("3",), ()),
        ("The answer is 1. The least likely option is 3.", ("1", "3"), ("1",)),
        ("The most likely option is 3, and the least likely is 2.", ("3",), ("3",)),
    ],
)
def test_the_least_likely_option(
    text: str, asked: tuple[str, ...], otherwise: tuple[str, ...]
) -> None:
    completion = parse_completion(text)
    assert find_answer(completion, OPTIONS, exception=True).answers == asked
    assert find_answer(completion, OPTIONS, exception=False).answers == otherwise


@pytest.mark.parametrize(("asked", "accuracy"), [("most", 0.0), ("least", 1.0)])
def test_the_question_decides(asked: str, accuracy: float) -> None:
    item = Item(
        question=f"A man has a cough. Which of the following is the {asked} likely cause?",
        options=OPTIONS,
        answer="3",
        completions=["The least likely option is 3."],
    )
    (score,) = Scorer().score(ScoreRequest(items=[item])).items[0].scores
    assert score.objectives["accuracy"] == accuracy

"""A letter beside a disease that is another one than its option."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reward_service.grounding.case import Case
from reward_service.grounding.rollout import Rollout

QUESTION = "A 34-year-old woman has a cough and hepatitis. What is the most likely diagnosis?"
OPTIONS = {"A": "Tuberculosis", "B": "Bacterial pneumonia", "C": "Asthma", "D": "Start ceftriaxone"}


@pytest.mark.parametrize(
    ("text", "another"),
    [
        ("The diagnosis is sarcoidosis \\boxed{B}", True),
        ("The answer is sarcoidosis, \\boxed{B}", True),
        ("The diagnosis is most likely pneumonia \\boxed{B}", False),
        ("The diagnosis is bacterial pneumonia \\boxed{B}", False),
        ("The diagnosis is not sarcoidosis \\boxed{B}", False),
        ("The diagnosis is meningitis, so \\boxed{D}", False),
        ("It is \\boxed{B}", False),
    ],
)
def test_the_stated_diagnosis_is_the_chosen_option(
    make_case: Callable[..., Case],
    make_rollout: Callable[[Case, str], Rollout],
    text: str,
    another: bool,
) -> None:
    assert make_rollout(make_case(QUESTION, options=OPTIONS), text).names_another is another

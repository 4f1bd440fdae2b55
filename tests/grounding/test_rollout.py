"""What of a completion only repeats what it said before."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reward_service.grounding.case import Case
from reward_service.grounding.rollout import Rollout
from reward_service.grounding.sentences import Standing

QUESTION = (
    "A 34-year-old woman has fever, chills, flank pain and vomiting. The urine contains white "
    "blood cells. What is the most likely diagnosis?"
)
OPTIONS = {"A": "Pyelonephritis", "B": "Appendicitis", "C": "Cholecystitis"}


@pytest.mark.parametrize(
    ("text", "second"),
    [
        # The chosen option alone is news, after it stood among others.
        (
            "Pyelonephritis, appendicitis or cholecystitis could be behind it. "
            "The fever and flank pain point to pyelonephritis.",
            Standing.LINKED,
        ),
        (
            "The fever and chills point to pyelonephritis. The flank pain fits pyelonephritis.",
            Standing.REPEATED,
        ),
        # One new word about an option that was argued about is a term in the frame of before.
        (
            "Appendicitis is doubtful, since it would spare the flank and wander. "
            "Appendicitis is doubtful, since it would spare the urine and stiffen.",
            Standing.REPEATED,
        ),
        (
            "Appendicitis could be named. "
            "Appendicitis is doubtful, since it would spare the urine and stiffen.",
            Standing.REASONED,
        ),
    ],
)
def test_what_is_said_again_is_repeated(
    make_case: Callable[..., Case],
    make_rollout: Callable[[Case, str], Rollout],
    text: str,
    second: Standing,
) -> None:
    rollout = make_rollout(make_case(QUESTION, options=OPTIONS), f"{text} The answer is A.")
    assert rollout.sentences[1].standing is second

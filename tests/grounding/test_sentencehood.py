"""What is a sentence, and what is a list of terms."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reward_service.grounding.case import Case
from reward_service.grounding.rollout import Rollout
from reward_service.grounding.sentences import Standing

QUESTION = "A 20-year-old man has a sore throat and fever. What is the most likely cause?"
OPTIONS = {"A": "Mononucleosis", "B": "Diphtheria"}


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("Against option A, mononucleosis, stands fever.", False),
        ("Option A, mononucleosis, leaves fever unexplained, so I set it aside.", False),
        ("Option B, diphtheria, goes best with fever.", False),
        ("Fever leads me to option B (diphtheria).", False),
        ("He drinks alcohol.", False),
        ("She never coughs.", False),
        ("He alcohol.", True),
        ("Option A, mononucleosis, fever, sore throat.", True),
        ("Against mononucleosis: fever, sore throat, diphtheria.", True),
    ],
)
def test_a_verb_of_argument_makes_a_sentence(
    make_case: Callable[..., Case],
    make_rollout: Callable[[Case, str], Rollout],
    text: str,
    listed: bool,
) -> None:
    rollout = make_rollout(make_case(QUESTION, options=OPTIONS), text)
    assert (rollout.sentences[0].standing is Standing.LISTED) is listed

"""The sentence under a heading that names an option speaks of it where it points to it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reward_service.grounding.case import Case
from reward_service.grounding.rollout import Rollout
from reward_service.grounding.sentences import Standing

QUESTION = "A 20-year-old man has a sore throat and fever. There is no rash. What is the cause?"
OPTIONS = {"A": "Mononucleosis", "B": "Diphtheria", "C": "Scarlet fever"}
MakeCase = Callable[..., Case]
MakeRollout = Callable[[Case, str], Rollout]


@pytest.mark.parametrize(
    "text",
    [
        "C) Scarlet fever\nThis option is wrong because there is no rash.",
        "**C. Scarlet fever**\n- This is unlikely because the rash is missing.",
        "C)\nThat diagnosis is unlikely, because there is no rash.",
        "Could it be scarlet fever? It is unlikely, since there is no rash.",
    ],
)
def test_it_has_the_option_of_its_heading(
    make_case: MakeCase, make_rollout: MakeRollout, text: str
) -> None:
    rollout = make_rollout(make_case(QUESTION, options=OPTIONS), f"{text}\n\nThe answer is A.")
    pointing = next(s for s in rollout.sentences if s.argues)
    assert pointing.named == {"C"}
    assert pointing.standing is Standing.REASONED


@pytest.mark.parametrize(
    "text",
    [
        "C) Scarlet fever\nThis man is unlikely to have it because there is no rash.",
        "C) Scarlet fever\nThe throat is sore. This is unlikely because there is no rash.",
        "B, C\nThis is unlikely because there is no rash.",
        "This is unlikely because there is no rash.",
    ],
)
def test_what_does_not_point_to_it_has_none(
    make_case: MakeCase, make_rollout: MakeRollout, text: str
) -> None:
    rollout = make_rollout(make_case(QUESTION, options=OPTIONS), f"{text}\n\nThe answer is A.")
    assert not next(s for s in rollout.sentences if "because" in s.words).named

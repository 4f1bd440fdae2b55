"""Sentences that lecture on a disease claim nothing of the patient."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reward_service.grounding.case import Case
from reward_service.grounding.claims import claims_of
from reward_service.grounding.rollout import Rollout

QUESTION = (
    "A 31-year-old woman has had fever and a rash on her arms for 4 days. Her pulse is 92/min. "
    "What is the most likely diagnosis?"
)
OPTIONS = {"A": "Rubella", "B": "Secondary syphilis"}
KNOWLEDGE = "Rubella usually gives a mild illness."


@pytest.mark.parametrize(
    ("text", "claimed"),
    [
        # What goes on with general knowledge says of nobody that he has it.
        (f"{KNOWLEDGE} Its complications are arthritis and headache.", []),
        (f"{KNOWLEDGE} It begins in spring. Later on, headache and cough set in.", []),
        # A heading that names an option begins a lecture, too.
        ("Secondary syphilis:\nSymptoms seen: headache, a sore throat, and night sweats.", []),
        # What the case says is claimed wherever it stands, and so is what is said beside it.
        (f"{KNOWLEDGE} Fever came first.", ["Fever"]),
        (f"{KNOWLEDGE} Fever came with a headache.", ["Fever", "headache"]),
        # The patient, and what there is or is not, end a lecture.
        (f"{KNOWLEDGE} She has a headache.", ["headache"]),
        (f"{KNOWLEDGE} There is no headache.", ["headache"]),
        (f"{KNOWLEDGE} She looks well. A headache came later.", ["headache"]),
        # Filler neither begins nor ends one.
        ("Doctors usually take their time. A headache came later.", ["headache"]),
        (f"{KNOWLEDGE} So much for that. Its complications are headaches.", []),
        # Without a lecture before it, an invented finding is a claim.
        ("A headache came later.", ["headache"]),
    ],
)
def test_claims_beside_a_lecture(
    make_case: Callable[..., Case],
    make_rollout: Callable[[Case, str], Rollout],
    text: str,
    claimed: list[str],
) -> None:
    case = make_case(QUESTION, options=OPTIONS)
    claims = claims_of(make_rollout(case, text))
    assert [text[claim.start : claim.end] for claim in claims] == claimed

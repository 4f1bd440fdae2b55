"""What a sentence names twice in one list."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reward_service.grounding.case import Case
from reward_service.grounding.claims import claims_of
from reward_service.grounding.rollout import Rollout
from reward_service.grounding.sentences import Standing
from reward_service.grounding.usage import uses_of

QUESTION = (
    "A 40-year-old man has chest pain, cough, fatigue and a temperature of 38.9 °C. He has no "
    "headache. Which of the following is the most likely diagnosis?"
)
OPTIONS = {"A": "Pneumonia", "B": "Pericarditis"}

Make = Callable[[str], Rollout]


@pytest.fixture
def make(make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]) -> Make:
    case = make_case(QUESTION, options=OPTIONS)
    return lambda text: make_rollout(case, text)


def _again(rollout: Rollout) -> list[str]:
    document = rollout.document
    return [document.norms[k] for s in rollout.sentences for k in sorted(s.again)]


@pytest.mark.parametrize(
    ("text", "again"),
    [
        ("It is pneumonia because the patient has chest pain, cough, and chest pain.", ["chest"]),
        ("Pneumonia fits because he has cough, cough, fatigue, and cough.", ["cough", "cough"]),
        ("Pneumonia is supported by cough and cough.", ["cough"]),
        ("Pericarditis is unlikely, since there is no headache or headache.", ["headache"]),
        ("There is cough and there is fatigue and there is cough, hence pneumonia.", ["cough"]),
        ("Cough, fatigue and cough suggest pneumonia.", ["cough"]),
        ("He has chest pain, cough and thoracic pain, so pneumonia is likely.", ["thoracic"]),
        (
            "Pneumonia fits his cough of late, and pneumonia fits his cough of late.",
            ["cough"],
        ),
        ("Given 38.9 °C, cough, and 38.9 °C, pneumonia is likely.", ["38.9"]),
    ],
)
def test_what_a_list_or_a_clause_names_again(make: Make, text: str, again: list[str]) -> None:
    assert _again(make(text)) == again


@pytest.mark.parametrize(
    "text",
    [
        "Chest pain, cough and fatigue suggest pneumonia.",
        "He has chest pain, and the chest pain is worse when he breathes in.",
        "He has cough, fatigue, and cough at night.",
        "He has cough, fatigue, and cough, which keeps him awake.",
        "He has dry cough, fatigue, and bloody cough.",
        "He has no headache, but his brother has a headache.",
        "He has chest pain, or thoracic pain, and cough.",  # one explains the other
        "He has fatigue (tiredness) and cough.",
        "The cough suggests pneumonia, and the cough speaks against pericarditis.",
        "The cough is dry and the cough is new.",
        "He has cough. Pneumonia is likely, because he has cough.",
        "It is pneumonia, not pericarditis: pneumonia.",
    ],
)
def test_what_says_more_or_something_else_is_no_repetition(make: Make, text: str) -> None:
    assert _again(make(text)) == []


def test_a_claim_knows_how_often_lists_repeat_it(make: Make) -> None:
    rollout = make(
        "He has cough, fatigue and cough, so pneumonia fits. Because of cough and cough, it is A."
    )
    assert [claim.again for claim in claims_of(rollout)] == [2, 0]


def test_a_finding_named_twice_in_a_list_is_used_elsewhere_or_hardly(make: Make) -> None:
    def cough(text: str) -> Standing:
        rollout = make(text)
        return next(
            use.standing
            for finding, use in zip(rollout.case.findings, uses_of(rollout), strict=True)
            if "cough" in finding.words
        )

    listed = "Pneumonia fits because he has cough, fatigue, and cough."
    assert cough(listed) is Standing.REPEATED
    assert cough("Pneumonia fits because he has cough and fatigue.") is Standing.LINKED
    assert cough(
        f"{listed} Inflamed bronchi filled with mucus explain the cough, so pneumonia is likely."
    ) is (Standing.REASONED)

"""Options that only their whole wording tells apart."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reward_service.grounding.case import Case
from reward_service.grounding.rollout import Rollout

SEIZURES = {
    "A": "Focal clonic",
    "B": "Multifocal clonic",
    "C": "Multifocal tonic clonic",
    "D": "Focal tonic",
}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Jerks that wander from limb to limb are multifocal clonic.", {"B"}),
        ("Stiffening of one limb alone would be focal tonic.", {"D"}),
        # The longest wording wins.
        ("After a stiff phase they would be multifocal tonic clonic.", {"C"}),
        ("Both focal clonic and focal tonic fits begin in one place.", {"A", "D"}),
        # No word by itself names any of them.
        ("A clonic fit jerks, and a tonic one does not.", set()),
        ("It is multifocal, so many places of the cortex fire.", set()),
    ],
)
def test_whole_wordings_name(
    make_case: Callable[..., Case],
    make_rollout: Callable[[Case, str], Rollout],
    text: str,
    named: set[str],
) -> None:
    case = make_case("A newborn has jerks of both arms. What kind of fit is it?", options=SEIZURES)
    assert {k for s in make_rollout(case, text).sentences for k in s.named} == named


def test_what_the_case_says_names_no_option(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]
) -> None:
    case = make_case(
        "A man on oral vancomycin has a rash. Which drug did it?",
        options={"A": "Oral vancomycin", "B": "Intravenous vancomycin", "C": "Oral penicillin"},
    )
    rollout = make_rollout(case, "The rash came after oral vancomycin.")
    assert "A" not in rollout.sentences[0].named

"""A disease in one list with findings of the case."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reward_service.grounding.case import Case
from reward_service.grounding.claims import claims_of
from reward_service.grounding.rollout import Rollout
from reward_service.grounding.support import verdict
from reward_service.wire.codes import Outcome

QUESTION = (
    "A 40-year-old man has chest pain, a dry cough, fatigue and a temperature of 38.9 °C. He has "
    "no headache. Which of the following is the most likely diagnosis?"
)


@pytest.mark.parametrize(
    ("text", "invented"),
    [
        ("Pneumonia is supported by chest pain, fatigue, sinusitis, and cough.", 1),
        ("Pneumonia fits because of cough, sinusitis, and fatigue.", 1),
        ("He has chest pain, fatigue, a cough, cirrhosis and sinusitis.", 2),
        ("Pneumonia is supported by chest pain, fatigue, and cough.", 0),
        # Beside one finding only, as what explains it, as a guess, or denied.
        ("Cough and sinusitis often go together.", 0),
        ("His chest pain, cough and fatigue are due to sinusitis.", 0),
        ("Chest pain, fatigue and cough suggest sinusitis.", 0),
        ("Chest pain, fatigue, cough and possible sinusitis speak for pneumonia.", 0),
        ("Chest pain, fatigue and cough without sinusitis speak for pneumonia.", 0),
    ],
)
def test_it_is_said_of_the_patient_as_they_are(
    make_case: Callable[..., Case],
    make_rollout: Callable[[Case, str], Rollout],
    text: str,
    invented: int,
) -> None:
    case = make_case(QUESTION, options={"A": "Pneumonia", "B": "Pericarditis"})
    outcomes = [verdict(claim, case).outcome for claim in claims_of(make_rollout(case, text))]
    assert outcomes.count(Outcome.UNSUPPORTED) == invented
    assert Outcome.CONTRADICTED not in outcomes

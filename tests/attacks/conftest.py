from __future__ import annotations

import pytest

from reward_service.attacks.subjects import Subject


@pytest.fixture
def subject() -> Subject:
    return Subject(
        id="gout",
        source="tests",
        question="A 58-year-old man has had a painful, swollen big toe since last night. He drinks "
        "beer every day and takes hydrochlorothiazide. His temperature is 37.9°C, and he has no "
        "rash. Which of the following is the most likely diagnosis?",
        options={"A": "Cellulitis", "B": "Gout", "C": "Septic arthritis"},
        answer="B",
        reasoning="Beer and a thiazide raise his urate, and an attack in the big toe overnight "
        "points to gout. Cellulitis would spread over the skin, and he has no rash. Septic "
        "arthritis is less likely because his temperature is only 37.9°C.",
    )


@pytest.fixture
def other() -> Subject:
    return Subject(
        id="croup",
        source="tests",
        question="A 2-year-old girl has had a barking cough and hoarseness for one night. She has "
        "inspiratory stridor when she cries. What is the most likely diagnosis?",
        options={"A": "Croup", "B": "Epiglottitis"},
        answer="A",
        reasoning="A barking cough with hoarseness in a toddler suggests croup. She is not toxic, "
        "which argues against epiglottitis.",
    )

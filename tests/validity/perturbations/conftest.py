"""A made-up vignette with the reasoning that restates it."""

from __future__ import annotations

import random
from typing import get_args

import pytest

from reward_service.validity.perturbations import attribution, entities, numbers, polarity
from reward_service.validity.perturbations.base import ChangePlan, Setting
from reward_service.validity.perturbations.lay import things
from reward_service.validity.perturbations.plan import Plan, Register, make_plan
from reward_service.validity.perturbations.stated import read_case

CASE = (
    "A 52-year-old woman comes to the clinic because of a 3-week history of cough and fever. "
    "She denies hemoptysis, rash, or weight loss. She has a history of hypertension. Her mother "
    "had asthma. Medications include lisinopril and metformin. Her temperature is 38.9°C (102°F), "
    "pulse is 112/min, and blood pressure is 148/92 mm Hg. Examination shows a systolic murmur. "
    "Hemoglobin is 9.4 g/dL. Which of the following is the most likely diagnosis?"
)
OPTIONS = {"A": "Endocarditis", "B": "Asthma", "C": "Influenza"}


@pytest.fixture
def rng() -> random.Random:
    return random.Random(7)


@pytest.fixture
def setting() -> Setting:
    """The vignette, beside another case that states headache, gout, warfarin and itching."""
    other = tuple(t for t in things() if t.term in {"a headache", "gout", "warfarin", "ascites"})
    return Setting(CASE, read_case(CASE), OPTIONS, "A", other, "He has an aching knee.")


@pytest.fixture(
    params=[
        entities.swap_in_plan,
        polarity.flip_in_plan,
        numbers.number_in_plan,
        numbers.unit_in_plan,
        attribution.to_family_in_plan,
        attribution.to_past_in_plan,
    ]
)
def change(request: pytest.FixtureRequest) -> ChangePlan:
    """Every change of one claim."""
    made: ChangePlan = request.param
    return made


@pytest.fixture(params=get_args(Register))
def plan(request: pytest.FixtureRequest, setting: Setting, rng: random.Random) -> Plan:
    made = make_plan(setting.stated, OPTIONS, "A", rng, register=request.param)
    assert made is not None
    return made

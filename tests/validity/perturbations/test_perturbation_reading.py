from __future__ import annotations

import random

import pytest

from reward_service.validity.perturbations.base import Setting
from reward_service.validity.perturbations.lay import things
from reward_service.validity.perturbations.plan import make_plan
from reward_service.validity.perturbations.stated import read_case
from reward_service.validity.perturbations.values import Value, find_values


def test_a_vignette_states_findings_drugs_and_values(setting: Setting) -> None:
    stated = setting.stated
    assert stated.pronoun == "she"
    assert {(thing.term, there) for thing, there in stated.things} == {
        ("a cough", True),
        ("fever", True),
        ("hemoptysis", False),
        ("a rash", False),
        ("weight loss", False),
        ("hypertension", True),
        ("lisinopril", True),
        ("metformin", True),
        ("a murmur", True),
    }
    assert set(stated.values) == {
        Value("age", "52", "year"),
        Value("duration", "3", "week"),
        Value("temperature", "38.9", "°C"),
        Value("pulse", "112", "/min"),
        Value("blood pressure", "148/92", "mm Hg"),
        Value("hemoglobin", "9.4", "g/dL"),
    }


@pytest.mark.parametrize(
    "sentence",
    [
        "His brother has a cough.",
        "He had a cough two years ago.",
        "He is worried that he might have a fever.",
        "If fever develops, he should return.",
        "The cough has resolved.",
        "He doesn’t report any fever.",
        "He lost his job but not because of a cough.",
        "The rash is absent.",
        "He stopped taking metformin.",
        "He has a fever. On the next day he denies fever.",
    ],
)
def test_what_is_doubtful_is_not_stated(sentence: str) -> None:
    assert not read_case(sentence).things


def test_values_that_are_stated_twice_differently_are_left_out() -> None:
    text = "His pulse is 80/min. After an hour his pulse is 120/min. CSF glucose is 30 mg/dL."
    assert list(find_values(text)) == []


def test_a_sparse_case_makes_no_plan() -> None:
    stated = read_case("A 30-year-old man has a cough.")
    assert (
        make_plan(stated, {"A": "Flu", "B": "Cold"}, "A", random.Random(0), register="lay") is None
    )


def test_the_table_is_whole() -> None:
    table = things()
    assert len({thing.term for thing in table}) == len(table) > 200
    for thing in table:
        assert thing.term and thing.noun and thing.group
        assert bool(thing.present) == bool(thing.absent), thing.term

"""Which part of a sentence speaks of which option, in whole completions."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reward_service.grounding.case import Case
from reward_service.grounding.options import OptionsConfig, weigh_options
from reward_service.grounding.rollout import Rollout

QUESTION = (
    "A 60-year-old man has crushing chest pain, cool extremities and a blood pressure of "
    "84/50 mm Hg. He has no fever. Which of the following is the best next step?"
)
OPTIONS = {
    "A": "Nitroglycerin",
    "B": "Furosemide",
    "C": "Normal saline",
    "D": "Metoprolol",
    "E": "Pericardiocentesis",
}


def credits(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout], text: str
) -> dict[str, float]:
    rollout = make_rollout(make_case(QUESTION, options=OPTIONS), text)
    return {w.letter: round(w.credit, 2) for w in weigh_options(rollout, OptionsConfig())}


def test_two_clauses_give_two_reasons(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]
) -> None:
    text = (
        "Nitrates would take away the preload that he lives on, and a beta blocker would slow a "
        "failing ventricle. \\boxed{C}"
    )
    found = credits(make_case, make_rollout, text)
    assert (found["A"], found["D"]) == (0.8, 0.8)


def test_one_clause_gives_one_reason(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]
) -> None:
    text = "Nitrates, diuretics and beta blockers would starve a failing ventricle. \\boxed{C}"
    found = credits(make_case, make_rollout, text)
    assert found["A"] == found["B"] == found["D"] == pytest.approx(0.8 / 3, abs=0.01)


def test_a_use_stands_for_its_option_where_it_is_argued_against(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]
) -> None:
    against = "Tamponade would muffle the heart sounds and swing with breathing. \\boxed{C}"
    about = "Tamponade is a collection that muffles the heart sounds. \\boxed{C}"
    assert credits(make_case, make_rollout, against)["E"] == 0.8
    assert credits(make_case, make_rollout, about)["E"] == 0.0


def test_a_class_never_sets_a_completion_at_odds_with_its_answer(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]
) -> None:
    text = (
        "Beta blockers are unlikely to help a failing ventricle with such resistance. "
        "Metoprolol slows conduction because it blocks receptors. \\boxed{D}"
    )
    rollout = make_rollout(make_case(QUESTION, options=OPTIONS), text)
    assert not rollout.stances.at_odds


def test_an_argument_without_an_option_speaks_for_the_chosen_one(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]
) -> None:
    argument = "Crushing chest pain with cool extremities suggests a ventricle that cannot fill. "
    assert credits(make_case, make_rollout, argument + "\\boxed{C}")["C"] == 0.7
    assert credits(make_case, make_rollout, argument + "\\boxed{B}")["C"] == 0.0
    ungrounded = "His swollen legs suggest a ventricle that cannot fill. \\boxed{C}"
    assert credits(make_case, make_rollout, ungrounded)["C"] == 0.0


def test_a_denied_disease_of_the_case_still_stands_for_its_treatment(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]
) -> None:
    question = "A 70-year-old woman has a headache. She has never had migraine. What is next?"
    options = {"A": "Sumatriptan", "B": "Prednisone", "C": "Temporal artery biopsy"}
    rollout = make_rollout(
        make_case(question, options=options),
        "This is not migraine, because no nerve of the dura is inflamed. \\boxed{B}",
    )
    assert next(iter(weigh_options(rollout, OptionsConfig()))).credit > 0.5

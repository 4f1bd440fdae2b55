"""The real rules against every attack, on bundled cases: a small `clinical-reward attack`.

The caps are a ratchet: they say what holds today. docs/gaming.md says what is open.
"""

from __future__ import annotations

from statistics import fmean

import pytest

from reward_service.attacks.measure import Measured, measure
from reward_service.attacks.sources import load_subjects
from reward_service.attacks.suite import attacks
from reward_service.attacks.tally import Goals, Outcome, filler, tallied
from reward_service.scoring.scorer import Scorer

SUBJECTS = 12

# Another hand's attacks are a hold-out: a cap on them would be a reason to tune on them.
CAPPED = tuple(name for name, attack in attacks().items() if attack.family != "another hand")

# Within the goals on every question here.
CLOSED = {
    *(name for name, attack in attacks().items() if attack.family == "answers"),
    *(name for name, attack in attacks().items() if attack.family == "empty"),
    "all_praised",
    "all_rejected",
    "bold_words",
    "capitals",
    "claims_in_conclusion",
    "copy_case",
    "copy_clipped",
    "copy_clipped_explained",
    "copy_explained",
    "copy_one_by_one",
    "copy_other_case",
    "copy_quoted",
    "copy_shuffled",
    "copy_then_mechanisms",
    "copy_thinned_dealt",
    "copy_thinned_explained",
    "invisible_characters",
    "nested_tags",
    "number_spray",
    "one_true_claim",
    "plus_boilerplate",
    "plus_grader_talk",
    "repeated",
    "repeated_tags",
    "soft_hyphens",
    "value_spray",
    "very_long",
    "very_short",
} - {"findings_as_questions", "hypothetical_case"}

# What may pay more than honest reasoning: pieces of honest text with more on top, or spliced.
OPEN = {
    "borrowed_reasons",
    "option_template",
    "plus_list",
    "plus_option_template",
    "plus_rejections",
    "plus_reworded_case",
}


@pytest.fixture(scope="module")
def measured() -> list[Measured]:
    return list(measure(load_subjects(limit=SUBJECTS).subjects, CAPPED, Scorer))


@pytest.fixture(scope="module")
def outcomes(measured: list[Measured]) -> dict[str, Outcome]:
    return {outcome.attack: outcome for outcome in tallied(measured)}


def test_closed_attacks_are_within_the_goals(outcomes: dict[str, Outcome]) -> None:
    # One question of twelve is more than a goal of 5 %: one is let off in a process objective.
    goals = Goals(process=1.5 / SUBJECTS)
    missed = {name: outcomes[name].missed(goals) for name in sorted(CLOSED)}
    assert {name: kinds for name, kinds in missed.items() if kinds} == {}


def test_no_cheat_pays_better_on_average(outcomes: dict[str, Outcome]) -> None:
    paying = {
        name
        for name, outcome in outcomes.items()
        if outcome.comparisons["reward"].cheat > outcome.comparisons["reward"].honest + 1e-6
    }
    assert paying <= OPEN


def test_no_cheat_is_ahead_on_most_questions(outcomes: dict[str, Outcome]) -> None:
    often = {n for n, o in outcomes.items() if o.comparisons["reward"].ahead > 0.5}
    assert often <= OPEN


def test_a_cheat_with_the_answer_never_gets_it_right(measured: list[Measured]) -> None:
    several = {"all_letters", "either_answer", "many_boxes", "letter_swapped", "all_option_texts"}
    for one in measured:
        for trial in one.trials:
            if trial.attack in several:
                assert trial.scores.accuracy == 0.0, (one.subject.id, trial.attack)


def test_honest_reasoning_is_paid(measured: list[Measured]) -> None:
    assert all(one.honest.accuracy == 1.0 for one in measured)
    assert fmean(one.honest.faithfulness or 0.0 for one in measured) > 0.3
    assert fmean(one.honest.coverage or 0.0 for one in measured) > 0.2


def test_filler_moves_little(measured: list[Measured]) -> None:
    for moved in filler(measured, Goals()):
        assert moved.mean <= 0.02, moved
        assert moved.over <= 0.25, moved

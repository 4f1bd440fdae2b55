from __future__ import annotations

import sys
from pathlib import Path

import pytest

from reward_service.attacks.measure import Measured, Scores, Trial, measure
from reward_service.attacks.subjects import Subject
from reward_service.attacks.tally import Goals, filler, honest_medians, tallied

sys.path.insert(0, str(Path(__file__).parent / "support"))
from paying_scorer import PayingScorer  # type: ignore[import-not-found]


def test_a_subject_is_measured_with_its_honest_and_padded_forms(
    subject: Subject, other: Subject
) -> None:
    names = ("copy_case", "copy_other_case", "letter_swapped")
    first, second = measure([subject, other], names, PayingScorer)
    assert [trial.attack for trial in first.trials] == list(names)
    assert first.honest == Scores(10.2, 1.0, 0.2, 0.0)
    assert first.longer == first.wordier == first.honest
    copied, foreign, swapped = first.trials
    assert copied.text == subject.answered(subject.case)
    assert "barking cough" in foreign.text
    assert swapped.scores == Scores(0.2, 0.0, 0.2, 0.0)
    assert second.honest.faithfulness == 0.0


def test_what_else_runs_changes_nothing(subject: Subject, other: Subject) -> None:
    alone = next(measure([subject, other], ("option_template",), PayingScorer))
    among = next(measure([subject, other], ("copy_shuffled", "option_template"), PayingScorer))
    assert alone.trials[0] == among.trials[1]
    reseeded = next(measure([subject, other], ("option_template",), PayingScorer, seed=1))
    assert reseeded.trials[0].text != alone.trials[0].text


def scores(faithfulness: float | None, coverage: float, right: bool = True) -> Scores:
    return Scores(10.0 * right + (faithfulness or 0) + coverage, right, faithfulness, coverage)


def measured(subject: Subject, honest: Scores, cheat: Scores, longer: Scores) -> Measured:
    trial = Trial("copy_case", f"cheat with {cheat.reward}", cheat)
    return Measured(subject, honest, longer, honest, (trial,))


@pytest.fixture
def three(subject: Subject) -> list[Measured]:
    """Two items where the cheat is ahead in the reward, one without faithfulness."""
    return [
        measured(subject, scores(0.5, 0.25), scores(1.0, 0.5), scores(0.5, 0.25)),
        measured(subject, scores(0.75, 0.5), scores(0.75, 0.0), scores(0.5, 0.5)),
        measured(subject, scores(None, 0.125), scores(None, 0.25), scores(None, 0.125)),
    ]


def test_the_tally_by_hand(three: list[Measured]) -> None:
    (outcome,) = tallied(three)
    assert (outcome.attack, outcome.right) == ("copy_case", 1.0)
    reward = outcome.comparisons["reward"]
    assert (reward.items, reward.ahead) == (3, pytest.approx(2 / 3))
    faithfulness = outcome.comparisons["faithfulness"]
    assert (faithfulness.items, faithfulness.ahead) == (2, 0.5)
    assert (faithfulness.honest, faithfulness.cheat) == (0.625, 0.875)
    coverage = outcome.comparisons["coverage"]
    assert coverage.ahead == pytest.approx(2 / 3)
    assert coverage.ahead_of_median == pytest.approx(1 / 3)  # of 0.25
    assert outcome.by_source == {"tests": outcome.comparisons}
    assert outcome.examples["tests"].text == "cheat with 11.5"
    assert outcome.missed(Goals()) == ("reward", "faithfulness", "coverage")
    assert outcome.missed(Goals(reward=0.7, process=0.5)) == ("coverage",)


def test_medians_leave_out_what_was_not_judged(three: list[Measured]) -> None:
    assert honest_medians(three) == {
        "tests": {"reward": 10.75, "faithfulness": 0.625, "coverage": 0.25}
    }
    assert honest_medians(three[2:])["tests"]["faithfulness"] is None


def test_filler_counts_what_moves_by_more_than_the_goal(three: list[Measured]) -> None:
    moved = {(f.form, f.objective): f for f in filler(three, Goals())}
    assert len(moved) == 4
    sentences = moved["filler sentences, twice the length", "faithfulness"]
    assert (sentences.items, sentences.largest, sentences.over) == (2, 0.25, 0.5)
    assert moved["empty opening words", "coverage"].largest == 0.0

"""Answers that a text implies without saying that they are its answer."""

from __future__ import annotations

import time

import pytest

from reward_service.completions import find_answer, parse_completion

OPTIONS = {
    "A": "Dengue fever",
    "B": "Lyme disease",
    "C": "Rubella",
    "D": "Scarlet fever",
}
NUMBERED = {str(place): text for place, text in enumerate(OPTIONS.values(), 1)}


def answers(text: str, options: dict[str, str]) -> tuple[str, ...]:
    return find_answer(parse_completion(text), options).answers


@pytest.mark.parametrize(
    "text",
    [
        "This is a typical case of Lyme disease, by the rash. It is treated with doxycycline.",
        "The vesicles are missing. We are dealing with Lyme disease, which ticks carry.",
        "They describe Lyme disease with its ring of redness.",
        "Without a cough, everything points to Lyme disease here.",
        "A ring that grows should make us think of Lyme disease.",
        "The fever came late, so we are left with Lyme disease.",
        "With such a rash after a hike, Lyme disease is the most likely.",
        "The most exact in this patient: Lyme disease.",
        "Lyme disease, because the ring grew for weeks.",
        "Lyme disease (it begins with a ring of redness). Ticks carry it in summer.",
    ],
)
def test_a_text_implies_the_one_option_that_it_takes_the_case_for(text: str) -> None:
    assert answers(text, OPTIONS) == ("B",)


@pytest.mark.parametrize(
    "text",
    [
        "Is this Lyme disease? The rash would fit.",
        "If this is Lyme disease, the ring should grow.",
        "It could be a case of Lyme disease.",
        "The missing ring excludes the diagnosis of Lyme disease.",
        "This is not a case of Lyme disease.",
        "Lyme disease is carried by ticks. Rubella spreads through the air.",
        "At first they describe Lyme disease. We are dealing with rubella at the end.",
        "Lyme disease is most likely to be seen in summer.",
        "The ring differs from that of rubella.",
    ],
)
def test_what_is_asked_supposed_denied_or_undecided_implies_nothing(text: str) -> None:
    assert answers(text, OPTIONS) == ()


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Between 2 and 3 there is doubt, but 2 seems more correct, as the ring grew.", "2"),
        ("So it seems that the intended response is 3.", "3"),
        ("The correct answer is, in all probability, 3. The glands are swollen.", "3"),
        ("The ring grew for weeks, so we are left with answer number 2.", "2"),
        ("For this reason the most correct option would be two because the ring grew.", "2"),
        ("There is some doubt about 4, but they want us to answer option 2.\nThe ring grew.", "2"),
        ("It would be treated at once, option 4 being the one I find most correct.", "4"),
        ("The correct answer is 3 answers 1, 2 and 4 are clearly false.", "3"),
        ("1 is wrong because he never travelled; 2 is wrong, and 4 is ruled out by age.", "3"),
        ("The strawberry tongue is missing, therefore options 1, 3 and 4 are ruled out.", "2"),
    ],
)
def test_numbers_are_led_to_by_judgement_or_by_what_is_left(text: str, label: str) -> None:
    assert answers(text, NUMBERED) == (label,)


@pytest.mark.parametrize(
    "text",
    [
        "1 and 4 are wrong. Between the other two I cannot decide.",
        "1, 2, 3 and 4 are wrong.",
        "1 cannot be ruled out, 2 is wrong and 3 is wrong.",
        "The glands are swollen. 3 could also be a valid answer.",
        "The treatment is simple if the diagnosis is certain.",
        "The patient's response is 3 days late.",
        "The answer is two weeks of rest.",
    ],
)
def test_what_leaves_several_or_all_out_is_no_answer(text: str) -> None:
    assert answers(text, NUMBERED) == ()


def test_a_dash_may_stand_right_behind_the_word_answer() -> None:
    assert answers("Answer- B. Lyme diseaseThe ring grows for weeks.", OPTIONS) == ("B",)
    assert answers("Answer B. Lyme diseaseThe ring grows for weeks.", OPTIONS) == ("B",)
    assert answers("Answer B. He has no ring.\nAnswer C. He has no glands.", OPTIONS) == ()


def test_the_right_side_of_a_body_is_no_right_answer() -> None:
    for text in (
        "Her right knee is swollen, which points to Lyme disease.",
        "The rash on the right side would be expected in Lyme disease.",
        "The right ventricle in this child is normal, so not rubella.",
    ):
        assert answers(f"<dx>{text}</dx><conclusion></conclusion>", OPTIONS) == ()
    said = "<dx>The right next step is to think of Lyme disease.</dx><conclusion></conclusion>"
    assert answers(said, OPTIONS) == ("B",)


def test_a_statement_goes_before_what_is_implied() -> None:
    text = "At first sight this is a typical case of rubella. The answer is B."
    assert answers(text, OPTIONS) == ("B",)


def test_long_texts_without_an_answer_take_no_long_time() -> None:
    began = time.perf_counter()
    assert answers("this is a case of the patient is " * 6000, OPTIONS) == ()
    assert time.perf_counter() - began < 5.0

"""Real texts are changed in one place, in what they say of the case, and stay sentences."""

from __future__ import annotations

import difflib
import random
import re
from collections.abc import Iterator

import pytest

from reward_service.validity.perturbations import (
    attribution,
    entities,
    numbers,
    omissions,
    polarity,
    real,
)
from reward_service.validity.perturbations.base import ChangeText, Setting
from reward_service.validity.perturbations.stated import read_case

CASE = (
    "A 34-year-old farmer presents with sudden blurred vision of the left eye and a painful red "
    "rash on the forehead for 5 days. There is no history of trauma. On examination vesicles are "
    "seen on the tip of the nose. The corneal reflex is absent. His temperature is 38.2 °C. "
    "Which is the next step?"
)
OPTIONS = {"A": "Oral acyclovir", "B": "Topical steroids", "C": "Observation alone"}
TEXT = (
    "The farmer is a patient with a painful rash and vesicles. The patient has sudden blurred "
    "vision of the left eye for 5 days. There is no history of trauma. Herpes zoster usually "
    "causes a painful rash in old people. The vesicles on the nose suggest nasociliary "
    "involvement. B) Steroids would let the virus replicate, and so harm the cornea further.\n"
    "The answer is A."
)
CHANGES: tuple[ChangeText, ...] = (
    entities.swap_in_text,
    polarity.flip_in_text,
    numbers.number_in_text,
    numbers.unit_in_text,
    attribution.to_family_in_text,
    attribution.to_past_in_text,
)


@pytest.fixture
def zoster() -> Setting:
    return Setting(CASE, read_case(CASE), OPTIONS, "A")


def all_of(change: ChangeText, text: str, setting: Setting) -> set[str]:
    made = (change(text, setting, random.Random(seed)) for seed in range(60))
    return {text for text in made if text is not None}


def edits(before: str, after: str) -> Iterator[tuple[str, str]]:
    """(gone, new) runs of words."""
    old, new = before.split(), after.split()
    for tag, i, j, k, m in difflib.SequenceMatcher(None, old, new, False).get_opcodes():
        if tag != "equal":
            yield " ".join(old[i:j]), " ".join(new[k:m])


@pytest.mark.parametrize("change", CHANGES)
def test_general_statements_and_the_answer_stay(change: ChangeText, zoster: Setting) -> None:
    made = all_of(change, TEXT, zoster)
    assert made
    for changed in made:
        assert changed != TEXT and changed.endswith("\nThe answer is A.")
        assert "  " not in changed
        if change is not entities.swap_in_text:  # which replaces a word throughout
            assert "usually causes a painful rash in old people." in changed


@pytest.mark.parametrize("change", CHANGES)
def test_the_same_seed_makes_the_same_change(change: ChangeText, zoster: Setting) -> None:
    first, again = (change(TEXT, zoster, random.Random(3)) for _ in range(2))
    assert first == again


@pytest.mark.parametrize("change", [polarity.flip_in_text, *CHANGES[3:]])
def test_one_sentence_changes(change: ChangeText, zoster: Setting) -> None:
    for changed in all_of(change, TEXT, zoster):
        before, after = real.parts(TEXT), real.parts(changed)
        assert sum(a != b for a, b in zip(before, after, strict=True)) == 1


def test_words_are_swapped_for_others_of_their_row(zoster: Setting) -> None:
    swaps = {e for text in all_of(entities.swap_in_text, TEXT, zoster) for e in edits(TEXT, text)}
    assert ("sudden", "gradual") in swaps and ("left", "right") in swaps
    assert ("painful", "painless") in swaps
    assert {new for old, new in swaps if old == "vesicles"} <= {"nodules", "pustules", "plaques"}
    # An option's word stays, and so does a word that the case does not hold.
    assert not any("teroids" in old or "cornea" in old for old, _ in swaps)


@pytest.mark.parametrize(
    ("said", "flipped"),
    [
        ("The patient has sudden blurred vision.", "The patient has no sudden blurred vision."),
        ("The patient presents with a painful rash.", "The patient presents without painful rash."),
        ("There is no history of trauma.", "There is a history of trauma."),
        ("The patient's corneal reflex is absent.", "The patient's corneal reflex is present."),
        ("He denies trauma.", "He reports trauma."),
        ("A farmer, a man without trauma.", "A farmer, a man with trauma."),
    ],
)
def test_polarity_is_flipped_by_general_edits(said: str, flipped: str, zoster: Setting) -> None:
    assert f"{flipped}\nSo A." in all_of(polarity.flip_in_text, f"{said}\nSo A.", zoster)


def test_numbers_and_units_of_the_case_change(zoster: Setting) -> None:
    [days] = {tuple(edits(TEXT, t)) for t in all_of(numbers.unit_in_text, TEXT, zoster)}
    assert days == (("days.", "months."),)
    for changed in all_of(numbers.number_in_text, TEXT, zoster):
        [(old, new)] = edits(TEXT, changed)
        assert old == "5" and float(new) > 0 and abs(float(new) - 5) >= 1.25
    text = "He had a temperature of 38.2 °C for 9 days. It is A."
    assert all_of(numbers.number_in_text, text, zoster) == {text.replace("38.2", "36.7")}
    assert not all_of(numbers.unit_in_text, "The patient has waited 9 days.", zoster)


def test_a_share_stays_below_all(zoster: Setting) -> None:
    setting = zoster._replace(case="The patient's oxygen saturation is 80% at rest.")
    for changed in all_of(numbers.number_in_text, "He has 80% saturation.", setting):
        assert 0 < float(re.findall(r"\d+", changed)[0]) <= 100


def test_findings_move_to_relatives(zoster: Setting) -> None:
    kin = "|".join(attribution.RELATIVES)
    forms = {
        re.sub(kin, "KIN", new)
        for text in all_of(attribution.to_family_in_text, TEXT, zoster)
        for _, new in edits(TEXT, text)
    }
    assert forms >= {"patient's KIN", "whose KIN has", "in the patient's KIN"}


def test_findings_move_to_the_past(zoster: Setting) -> None:
    made = " | ".join(sorted(all_of(attribution.to_past_in_text, TEXT, zoster)))
    assert "Many years ago, but no longer, the patient had sudden blurred vision" in made
    assert "a patient who many years ago, but no longer, had a painful rash" in made
    assert "The vesicles on the nose that went away years ago suggest" in made


@pytest.mark.parametrize(
    "sentence",
    [
        "The patient has a history of a painful rash.",
        "The patient had surgery for blurred vision of the left eye.",
        "The pressure of the left eye is high.",
    ],
)
def test_what_is_past_and_values_do_not_move_to_the_past(sentence: str, zoster: Setting) -> None:
    assert not all_of(attribution.to_past_in_text, sentence, zoster)


@pytest.mark.parametrize(
    "sentence",
    [
        "B) Steroids would let the virus replicate, and so harm the cornea further.",
        "In option B the virus would replicate and harm the cornea even further.",
        "Topical steroids would let the virus replicate and harm the cornea further.",
    ],
)
def test_an_option_is_known_by_label_or_words(sentence: str, zoster: Setting) -> None:
    text = f"The patient has a painful rash. {sentence} The answer is A."
    left = "The patient has a painful rash. The answer is A."
    assert all_of(omissions.drop_option_in_text, text, zoster) == {left}


def test_a_sentence_on_two_options_is_no_discussion_of_one(zoster: Setting) -> None:
    text = "Options B and C are wrong since they would both leave the virus alone.\nIt is A."
    assert not all_of(omissions.drop_option_in_text, text, zoster)


@pytest.mark.parametrize(
    ("sentence", "does"),
    [
        ("The patient has vesicles on the nose.", True),
        ("Painful vesicles on the forehead and nose.", True),
        ("Vesicles on the nose can occur in zoster.", False),
        ("Patients with vesicles have a painful rash.", False),
        ("His mother has vesicles on the nose.", False),
        ("The patient needs help.", False),
    ],
)
def test_what_tells_of_the_case(sentence: str, does: bool, zoster: Setting) -> None:
    assert real.tells(sentence, zoster) is does


def test_tables_are_whole() -> None:
    swaps = real.rows_of("swaps.tsv")
    assert len(swaps) > 120
    for row in swaps:
        assert len(set(row)) == len(row) >= 2 and all(word.strip() == word for word in row)
    for pattern, _, near in real.rows_of("flips.tsv"):
        assert re.compile(pattern) and near.isdigit()

"""What each perturbation does to a plan, and to a text."""

from __future__ import annotations

import random
import re

import pytest

from reward_service.validity.perturbations import (
    attribution,
    entities,
    filler,
    numbers,
    omissions,
    paraphrase,
    polarity,
)
from reward_service.validity.perturbations.base import ChangePlan, Setting
from reward_service.validity.perturbations.plan import Claim, Plan
from reward_service.validity.perturbations.registers import write
from reward_service.validity.perturbations.values import Value
from reward_service.validity.perturbations.wording import clause_of

SAID = (
    "The patient has fever and a murmur, which points to endocarditis. She has no rash. "
    "Influenza is less likely because it does not last three weeks and causes no murmur. "
    "Her temperature of 38.9 °C is high. The answer is A."
)


def changed_claims(before: Plan, after: Plan) -> list[tuple[Claim, Claim]]:
    return [(a, b) for a, b in zip(before.claims, after.claims, strict=True) if a != b]


def test_one_claim_changes_and_nothing_else(
    change: ChangePlan, plan: Plan, setting: Setting, rng: random.Random
) -> None:
    after = change(plan, setting, rng)
    assert after is not None
    [(a, b)] = changed_claims(plan, after)
    assert after.reasons == plan.reasons
    assert clause_of(plan, a) != clause_of(after, b)
    assert a.choice == b.choice and a.joined == b.joined


def test_a_swap_takes_a_thing_of_the_same_kind_from_another_case(
    plan: Plan, setting: Setting, rng: random.Random
) -> None:
    after = entities.swap_in_plan(plan, setting, rng)
    assert after is not None
    [(a, b)] = changed_claims(plan, after)
    assert a.thing is not None and b.thing is not None
    assert b.thing in setting.things and a.thing.kind == b.thing.kind
    assert entities.swap_in_plan(plan, setting._replace(things=()), rng) is None


def test_a_swap_in_a_text_changes_every_mention(setting: Setting, rng: random.Random) -> None:
    text = "The patient has a murmur. A murmur is rare."
    swapped = {entities.swap_in_text(text, setting, random.Random(seed)) for seed in range(20)}
    assert swapped == {
        "The patient has ascites. Ascites is rare.",  # another case's thing
        "The patient has a rub. A rub is rare.",
        "The patient has a gallop. A gallop is rare.",
    }
    assert entities.swap_in_text("Murmurs are common in fever.", setting, rng) is None


@pytest.mark.parametrize(
    ("said", "flipped"),
    [
        ("She has a murmur today.", "She has no murmur today."),
        ("Her fever suggests an infection.", "Her absent fever suggests an infection."),
        ("The patient denies rash.", "The patient reports rash."),
        ("She came without weight loss.", "She came with weight loss."),
        ("She has no rash.", "She has rash."),
        ("She has a history of hypertension.", "She has no history of hypertension."),
    ],
)
def test_polarity_is_flipped_in_texts(
    said: str, flipped: str, setting: Setting, rng: random.Random
) -> None:
    assert polarity.flip_in_text(f"{said} So it is A.", setting, rng) == f"{flipped} So it is A."


def test_what_the_text_gets_wrong_is_not_flipped(setting: Setting, rng: random.Random) -> None:
    assert polarity.flip_in_text("The patient has a rash. So it is A.", setting, rng) is None
    assert polarity.flip_in_text("Endocarditis causes fever. A it is.", setting, rng) is None


@pytest.mark.parametrize(
    ("value", "other"),
    [
        (Value("temperature", "38.9", "°C"), "36.7"),
        (Value("temperature", "98.6", "°F"), "103.3"),
        (Value("blood pressure", "120/80", "mm Hg"), "160/100"),
        (Value("oxygen saturation", "98", "%"), "82"),
    ],
)
def test_vital_signs_leave_or_enter_the_normal_range(
    value: Value, other: str, rng: random.Random
) -> None:
    assert numbers.another_number(value, "", rng) == other


@pytest.mark.parametrize("text", ["3", "12", "9.4", "180,000"])
def test_a_changed_number_is_far_away_and_not_in_the_case(text: str) -> None:
    value = Value("platelet count", text, "/mm3")
    for seed in range(20):
        case = "It was 6 once, 12 then."
        other = numbers.another_number(value, case, random.Random(seed))
        assert other is not None and other not in ("6", "12")
        before, after = (float(n.replace(",", "")) for n in (text, other))
        assert abs(after - before) >= 0.25 * before
        assert ("," in text) == ("," in other) or after < 1000


def test_a_number_of_the_case_changes_in_a_text(setting: Setting, rng: random.Random) -> None:
    changed = numbers.number_in_text(SAID, setting, rng)
    assert changed == SAID.replace("38.9", "36.7")
    assert numbers.number_in_text("The patient is 77 years old.", setting, rng) is None


def test_half_of_the_claims_are_dropped(plan: Plan, setting: Setting, rng: random.Random) -> None:
    after = omissions.drop_findings_in_plan(plan, setting, rng)
    assert after is not None
    assert len(after.claims) == len(plan.claims) // 2
    assert [r.letter for r in after.reasons] == [r.letter for r in plan.reasons]
    argued = {plan.claims[r.claim] for r in plan.reasons}
    assert {after.claims[r.claim] for r in after.reasons} <= argued


def test_a_wrong_option_is_dropped(plan: Plan, setting: Setting, rng: random.Random) -> None:
    after = omissions.drop_option_in_plan(plan, setting, rng)
    assert after is not None
    assert len(after.reasons) == len(plan.reasons) - 1
    assert "A" in {reason.letter for reason in after.reasons}


def test_the_discussion_of_an_option_is_dropped_from_a_text(
    setting: Setting, rng: random.Random
) -> None:
    changed = omissions.drop_option_in_text(SAID, setting, rng)
    assert changed is not None
    assert "Influenza" not in changed and changed.endswith("The answer is A.")


def test_findings_are_dropped_from_a_text(setting: Setting, rng: random.Random) -> None:
    changed = omissions.drop_findings_in_text(SAID, setting, rng)
    assert changed is not None
    kept = [part for part in ("has fever", "no rash", "38.9") if part in changed]
    assert len(kept) == 1 and "Influenza is less likely" in changed
    assert changed.endswith("The answer is A.")


def test_a_sentence_of_a_text_is_moved(setting: Setting, rng: random.Random) -> None:
    moved = attribution.to_family_in_text(SAID, setting, rng)
    assert moved is not None and moved.startswith("The patient's ") and " has fever" in moved
    past = attribution.to_past_in_text(SAID, setting, rng)
    assert past is not None
    assert re.match(r"(?:Many years|As a child|In the distant).*?, the patient had fever", past)


def test_filler_doubles_a_text_between_its_sentences(rng: random.Random) -> None:
    for text in (SAID, f"<dx>{SAID}</dx>\n<conclusion>The answer is A.</conclusion>"):
        long = filler.doubled(text, rng)
        assert long is not None
        assert 2 * len(text.split()) <= len(long.split()) <= 2 * len(text.split()) + 20
        assert long.startswith(text[:20])
        for sentence in filler.filler_sentences():
            long = long.replace(f"{sentence} ", "")
        assert long == text


def test_filler_leads_into_a_text(rng: random.Random) -> None:
    text = f"<dx>{SAID}</dx>\n<conclusion>The answer is A.</conclusion>"
    long = filler.led_in(text, rng)
    assert long is not None and long.startswith("<dx>")
    assert long.endswith(text.removeprefix("<dx>"))
    assert filler.led_in("word " * 5000, rng) is None


def test_filler_says_nothing_of_a_case() -> None:
    sentences = filler.filler_sentences()
    assert len(set(sentences)) == len(sentences) >= 60
    words = {w.strip(".,").lower() for s in sentences for w in s.split()}
    assert words.isdisjoint({"patient", "she", "he", "her", "his", "option", "diagnosis", "no one"})


def test_paraphrases_keep_the_claims(plan: Plan, setting: Setting, rng: random.Random) -> None:
    again = paraphrase.other_frames(plan, setting, rng)
    assert write(again) != write(plan)
    assert [c._replace(choice=0, opener=0) for c in again.claims] == [
        c._replace(choice=0, opener=0) for c in plan.claims
    ]
    assert paraphrase.other_register(plan, setting, rng).register != plan.register
    said = paraphrase.lay_words("The patient has a cough. The cough is dry.", setting, rng)
    assert said == "The patient has coughing. The coughing is dry."

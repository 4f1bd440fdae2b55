from __future__ import annotations

from random import Random

import pytest

from reward_service.attacks.errors import AttackError
from reward_service.attacks.registry import FAMILY_MEANINGS, Attack, attack, registered
from reward_service.attacks.subjects import Subject
from reward_service.attacks.suite import attacks, chosen

ALL = tuple(attacks().values())

# What a suite of attacks has to try at least.
EXPECTED = {
    "copy_case",
    "copy_shuffled",
    "copy_reworded",
    "copy_one_by_one",
    "list_terms",
    "repeated",
    "padded_out",
    "finding_and_opposite",
    "all_praised",
    "all_rejected",
    "all_letters",
    "answer_only",
    "letter_swapped",
    "general_knowledge",
    "vague",
    "boilerplate",
    "hedged_inventions",
    "invisible_characters",
    "look_alikes",
    "nested_tags",
    "repeated_tags",
    "other_languages",
    "grader_talk",
    "entity_salad",
    "very_short",
    "very_long",
    "copy_glued",
    "option_template",
    "option_matrix",
    "repeated_in_list",
    "copy_after_answer",
    "negate_everything",
    "number_spray",
    "claims_outside",
    "copy_quoted",
    "copy_bulleted",
    "copy_clipped",
    "copy_explained",
    "copy_thinned_explained",
    "one_true_claim",
}


def make(one: Attack, subject: Subject, *others: Subject, seed: int = 0) -> str | None:
    return one.make(subject, others, Random(seed))


def test_the_suite_holds_what_it_has_to() -> None:
    assert sorted(EXPECTED - attacks().keys()) == []


@pytest.mark.parametrize("one", ALL, ids=lambda a: a.name)
def test_every_attack_makes_the_same_text_from_the_same_seed(
    one: Attack, subject: Subject, other: Subject
) -> None:
    made = make(one, subject, other)
    assert made is not None
    assert made.strip()
    assert made == make(one, subject, other)
    assert one.family in FAMILY_MEANINGS
    assert one.meaning
    assert "\n" not in one.meaning


@pytest.mark.parametrize("one", ALL, ids=lambda a: a.name)
def test_every_attack_copes_with_a_bare_question(one: Attack) -> None:
    bare = Subject("bare", "tests", "Cough:", {"A": "Yes", "B": "No"}, "A", "It is so.")
    made = make(one, bare)
    assert made is None or made.strip()


def test_an_attack_keeps_the_right_answer_or_loses_it_on_purpose(
    subject: Subject, other: Subject
) -> None:
    right = "\\boxed{B}"
    lost = {
        one.name
        for one in ALL
        if right not in (make(one, subject, other) or "") and one.name != "untagged_copy"
    }
    assert lost == {
        "letter_swapped",
        "all_letters",
        "conditional_answer",
        "either_answer",
        "all_option_texts",
        "not_the_others",
        "every_answer_argued",
        "no_answer",
        "option_template_missed",
    }


def test_some_attacks_by_hand(subject: Subject) -> None:
    def analysis(name: str) -> str:
        made = make(attacks()[name], subject)
        assert made is not None
        return made.removeprefix("<dx>").split("</dx>")[0]

    assert analysis("copy_case") == subject.case
    assert "Which of the following" not in analysis("copy_shuffled")
    assert analysis("all_rejected").count("unlikely") == 3
    assert "Gout argues" not in analysis("option_matrix")
    assert "argues for Gout." in analysis("option_matrix")
    assert "no rash" not in analysis("negate_everything")
    assert "58, 37.9" in analysis("number_spray")
    assert "since last. He drinks beer every day and takes." in analysis("copy_clipped")
    assert "He drinks beer every and takes hydrochlorothiazide. This suggests an autoimmune" in (
        analysis("copy_thinned_explained")
    )
    assert "painful, swollen big. This means" in analysis("copy_two_thirds_explained")


def test_names_are_taken_once() -> None:
    with pytest.raises(ValueError, match="registered already"):
        attack("empty", "again")(attacks()["vague"].make)
    assert registered() == attacks()


def test_choosing_keeps_the_order_of_the_suite() -> None:
    assert chosen(None) == tuple(attacks())
    assert chosen(["vague", "copy_case"]) == ("copy_case", "vague")
    with pytest.raises(AttackError, match="no attack named 'copy'; known: "):
        chosen(["copy"])

"""Another hand's attacks: what they make of a case, by hand."""

from __future__ import annotations

from random import Random

import pytest

from reward_service.attacks.families.another_hand import findings_of
from reward_service.attacks.registry import Attack
from reward_service.attacks.search import _STARTS
from reward_service.attacks.subjects import Subject
from reward_service.attacks.suite import attacks

OWN = [attack for attack in attacks().values() if attack.family == "another hand"]


@pytest.fixture
def stung() -> Subject:
    return Subject(
        "stung",
        "tests",
        "A 30-year-old gardener has hives after a bee sting. He denies fever or wheezing. His "
        "pulse is 118/min, and his tongue is swollen. Which of the following is given first?",
        {"A": "Epinephrine", "B": "Cetirizine", "C": "Prednisone"},
        "A",
        "The swollen tongue threatens the airway, so epinephrine comes first.",
    )


def analysis(name: str, subject: Subject) -> str:
    made = attacks()[name].make(subject, (), Random(0))
    assert made is not None
    return made.removeprefix("<dx>").split("</dx>")[0]


def test_there_are_enough_of_them_and_the_search_does_not_start_from_them() -> None:
    assert 20 <= len(OWN) <= 30
    assert "another hand" not in _STARTS


def test_findings_are_noun_phrases(stung: Subject) -> None:
    assert findings_of(stung) == [
        "hives after a bee sting",
        "no fever",
        "pulse of 118/min",
        "swollen tongue",
    ]


@pytest.mark.parametrize("one", OWN, ids=lambda attack: attack.name)
def test_none_borrows_from_the_honest_text_and_each_names_the_right_option(
    one: Attack, stung: Subject
) -> None:
    said = analysis(one.name, stung)
    assert "threatens the airway" not in said
    assert stung.right in said


def test_some_by_hand(stung: Subject) -> None:
    arrows = analysis("finding_arrows", stung)
    assert arrows.startswith("hives after a bee sting -> Epinephrine; no fever -> Cetirizine")
    late = analysis("taken_back_late", stung)
    assert late.index("because of no fever") < late.index("There is fever.")
    assert "There is no swollen tongue." in late
    assert analysis("if_not_then", stung).endswith(
        "If no fever is not Prednisone, then it must be Epinephrine."
    )
    assert "Cetirizine is not tenable[1][3]." in analysis("footnotes", stung)
    assert "Cetirizine is excluded, as 30 is out" in analysis("excluded_by_numbers", stung)
    assert r"\text{no fever} \Rightarrow \neg \text{Cetirizine}" in analysis("latex", stung)

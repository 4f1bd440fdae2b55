"""Forms of a word, heads of phrases, and options named by them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reward_service.grounding.case import Case
from reward_service.grounding.stems import head_of, stem


@pytest.mark.parametrize(
    "words",
    [
        ("perforated", "perforation"),
        ("aorta", "aortic"),
        ("embolus", "embolism", "embolic"),
        ("pancrea", "pancreatitis", "pancreatic"),  # "pancreas" in normal form
        ("obstruction", "obstructive"),
        ("hypomania", "hypomanic"),
        ("ischemia", "ischemic"),
        ("allergy", "allergic"),
    ],
)
def test_forms_of_one_word(words: tuple[str, ...]) -> None:
    assert len({stem(word) for word in words}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("bloody", "blood"),
        ("labor", "laboratory"),
        ("hyperthyroidism", "hypothyroidism"),
        ("hypercalcemia", "hyperkalemia"),
        ("lupus", "lung"),
        ("gastritis", "gastrin"),
    ],
)
def test_different_words(one: str, other: str) -> None:
    assert stem(one) != stem(other)


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ("monoclonal gammopathy of undetermined significance", "gammopathy"),
        ("temporal artery biopsy before any treatment", "biopsy"),
        ("needle decompression of the right chest", "decompression"),
        ("aortic dissection", ""),  # both words are needed or half of them
        ("normal saline", ""),
    ],
)
def test_heads(text: str, head: str) -> None:
    assert head_of(text.split(" ")) == head


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("the", "gammopathy", "is", "harmless"), {"A"}),
        (("a", "perforation", "show", "free", "air"), {"B"}),
        (("the", "aorta", "is", "intact"), {"C"}),
        (("rupture", "is", "late"), set()),  # of either
    ],
)
def test_options_named_by_heads_and_forms(
    make_case: Callable[..., Case], words: tuple[str, ...], named: set[str]
) -> None:
    options = {
        "A": "Monoclonal gammopathy of undetermined significance",
        "B": "Perforated ulcer",
        "C": "Ruptured aortic aneurysm",
        "D": "Ruptured spleen",
    }
    case = make_case("A 60-year-old man has belly pain. What is it?", options=options)
    assert case.names.in_sentence(words, (), ()) == named

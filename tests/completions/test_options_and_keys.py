"""Options found by letter and words, and keys in their terms."""

from __future__ import annotations

import pytest

from reward_service.completions import read_options
from reward_service.completions.keys import is_same_answer, key_labels, key_parts
from reward_service.completions.options import Options
from reward_service.completions.words import normal_words

OPTIONS = {"A": "Sharpey's fibres", "B": "The iron", "C": "Vitamin A", "D": "None of the above"}


@pytest.fixture
def options() -> Options:
    prepared = read_options(OPTIONS)
    assert prepared is not None
    return prepared


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Anaemia", "an anemia"),
        ("the tumours", "Tumor"),
        ("Sjögren's syndrome", "Sjogren syndrome"),
        ("half-life", "half life"),
        ("5-15%", "5 - 15 %"),
    ],
)
def test_words_that_count_as_the_same(left: str, right: str) -> None:
    assert normal_words(left) == normal_words(right)


@pytest.mark.parametrize(
    ("left", "right"), [("Vitamin A", "Vitamin"), ("> 90", "< 90"), ("1.5 mg", "15 mg")]
)
def test_words_that_differ(left: str, right: str) -> None:
    assert normal_words(left) != normal_words(right)


def test_find_text(options: Options) -> None:
    assert options.find_text("sharpey fibers") == "A"
    assert options.find_text("Iron") == "B"
    assert options.find_text("none of these") == "D"
    assert options.find_text("iron deficiency") is None
    assert options.find_text("") is None


def test_no_options() -> None:
    assert read_options(None) is None
    assert read_options({}) is None


def test_options_with_the_same_words_are_one() -> None:
    options = read_options({"A": "Lead", "B": "Zinc", "C": "lead "})
    assert options is not None
    assert options.same == {"A": "A", "B": "B", "C": "A"}
    assert key_labels("C", options) == {"A"}


@pytest.mark.parametrize(
    ("key", "labels"),
    [
        ("A", {"A"}),
        (" a ", {"A"}),
        ("(b)", {"B"}),
        ("C.", {"C"}),
        ("Option C", {"C"}),
        ("vitamin a", {"C"}),
        ("C. Vitamin A", {"C"}),
        (["A", "Iron"], {"A", "B"}),
        ("B. Vitamin A", None),
        ("E", None),
        ("Zinc", None),
        (["A", "E"], None),
        ("", None),
        ([], None),
        (None, None),
    ],
)
def test_key_labels(options: Options, key: str | list[str] | None, labels: set[str] | None) -> None:
    assert key_labels(key, options) == labels


def test_key_parts() -> None:
    assert key_parts(" b ") == ("b",)
    assert key_parts(["", " x", "y "]) == ("x", "y")
    assert key_parts(None) == ()


@pytest.mark.parametrize(
    ("stated", "key", "same"),
    [
        ("nifedipine", "Nifedipine", True),
        ("nifedipine, a calcium channel blocker", "nifedipine", True),
        ("nifedipine (a calcium channel blocker)", "nifedipine", True),
        ("nifedipine because it works", "nifedipine", True),
        ("C) nifedipine", "nifedipine", True),
        ("C) nifedipine", "C", True),
        ("nifedipine, aspirin", "nifedipine", False),
        ("nifedipine or aspirin", "nifedipine", False),
        ("nifedipine toxicity", "nifedipine", False),
        ("toxicity", "nifedipine toxicity", False),
        ("?", "?", True),
        ("?", "!", False),
    ],
)
def test_free_answers(stated: str, key: str, same: bool) -> None:
    assert is_same_answer(stated, key) is same

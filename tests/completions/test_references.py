"""Options referred to by label, and numbers that are no labels."""

from __future__ import annotations

import pytest

from reward_service.completions import find_references, read_options

NUMBERED = {"1": "Gout", "2": "Measles", "3": "Malaria", "4": "Lyme disease", "5": "Syphilis"}
LETTERED = dict(zip("ABCDE", NUMBERED.values(), strict=True))
COUNTED = {"A": "2 tablets", "B": "3 tablets", "C": "4 tablets"}


def _labels(text: str, choices: dict[str, str]) -> list[str]:
    options = read_options(choices)
    assert options is not None
    return [label for found in find_references(text, options) for label in found.labels]


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Answer 3 is wrong.", "3"),
        ("Incorrect answer 4: the joints are spared.", "4"),
        ("This speaks for malaria (option 3 correct).", "3"),
        ("So answers 1, 2 and 5 can go.", "125"),
        ("A painful joint would be seen (1 false), and no rash (2: wrong).", "12"),
        ("We would mark 5 (the joints are spared).", "5"),
        ("That sets 2,4 and 5 aside; answers 2,4 and 5 are false.", "245"),
        ("Options 1 to 4 are infections.", "1234"),
        ("2: the rash would come first.", "2"),
        ("1 and 5: neither is seen at this age.", "15"),
        ("3. Wrong, he never travelled.", "3"),
        ("3.\nThe fever comes every other day.", "3"),
        ("The rash makes measles more likely (2).", "2"),
        ("We can rule out 1, because no joint hurts.", "1"),
        ("1 cannot be, since no joint hurts.", "1"),
        ("It is not gout, and neither is 4.", "4"),
        ("The doubt lies between 2 and 3.", "23"),
        ("The correct answer is 3 since he travelled.", "3"),
        ("The correct answer is, in all probability, 3.", "3"),
        ("The third option fits, the last one does not.", "35"),
    ],
)
def test_numbers_that_are_labels(text: str, labels: str) -> None:
    assert _labels(text, NUMBERED) == list(labels)


@pytest.mark.parametrize(
    "text",
    [
        "He had fever for 3 days and 2 weeks of cough.",
        "A 2: 1 ratio of cells, a CD4 count of 4 and a pH of 7.2.",
        "The lesion measures 3 cm.",
        "The answer is 3 days of rest.",
        "He takes 2 tablets; 3 months later 4 are left.",
        "Treatment takes between 2 and 4 weeks.",
        "Grade 3 injury, type 2 diabetes, stage 4.",
        "The first option to try is rest, as a second option surgery.",
        "It fell by 3 (from 5.2 to 2.2).",
        "1. He has fever.\n2. He has a rash.",
        "A third of them answer well.",
    ],
)
def test_numbers_that_are_values(text: str) -> None:
    assert _labels(text, NUMBERED) == []


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Option B and option D are out.", "BD"),
        ("A: the joints are spared. (C) fits.", "AC"),
        ("A painful joint would be seen (D wrong).", "D"),
        ("A - no joint hurts.\n**B** – the rash fits.", "AB"),
        ("Option 2 is wrong, and so is answer 4.", "BD"),
        ("The second option is wrong.", "B"),
        ("The correct answer is C because he travelled.", "C"),
        ("Hepatitis B, vitamin C and a temperature of 38.9 °C.", ""),
        ("A 3 is scored, 2 would do, and (4) as well.", ""),
    ],
)
def test_letters_and_places(text: str, labels: str) -> None:
    assert _labels(text, LETTERED) == list(labels)


def test_options_with_numbers_in_them_are_not_counted() -> None:
    assert _labels("Option 2 is wrong.", COUNTED) == []

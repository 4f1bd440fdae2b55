"""Normal forms: spellings and inflections of one word meet, different words do not."""

from __future__ import annotations

import pytest

from reward_service.text.normalize import normalize_token


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("anaemia", "anemia"),
        ("tumours", "tumor"),
        ("diarrhoea", "diarrhea"),
        ("fibre", "fiber"),
        ("leucocytes", "leukocyte"),
        ("headaches", "headache"),
        ("rashes", "rash"),
        ("masses", "mass"),
        ("wheezes", "wheeze"),
        ("biopsies", "biopsy"),
        ("metastases", "metastasis"),
        ("stomata", "stoma"),
        ("viruses", "virus"),
        ("sinuses", "sinus"),
        ("toes", "toe"),
        ("shoes", "shoe"),
        ("hospitalised", "hospitalized"),
        ("generalised", "generalized"),
        ("vertebrae", "vertebra"),
        ("β", "beta"),
        ("fe\u00advr", "fevr"),
        ("Ménière", "meniere"),
        ("f\u0435v\u0435r", "fever"),  # Cyrillic е
        ("c\u03bfugh", "cough"),  # Greek omicron
        ("ｆｅｖｅｒ", "fever"),
    ],
)
def test_variants_meet(a: str, b: str) -> None:
    assert normalize_token(a) == normalize_token(b)


@pytest.mark.parametrize("token", ["malaise", "bruise", "exercise", "pus", "virus", "crisis"])
def test_words_that_only_look_inflected_stay(token: str) -> None:
    assert normalize_token(token) == token


@pytest.mark.parametrize("token", ["-", "’", "'s", "–"])
def test_marks_inside_words_are_looked_through(token: str) -> None:
    assert normalize_token(token) == ""

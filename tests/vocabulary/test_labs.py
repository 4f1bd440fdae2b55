"""Words about a laboratory value meet what the number implies, and plain diets stay diets."""

from __future__ import annotations

import pytest

from reward_service.analysis.pipeline import Analyzer
from reward_service.text.document import Polarity
from reward_service.vocabulary import Vocabulary, load_vocabulary
from reward_service.vocabulary.compiler.labs import Lab, Phrase, phrases
from reward_service.vocabulary.compiler.tables import read_labs


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return Analyzer(load_vocabulary())


@pytest.fixture(scope="module")
def vocabulary(analyzer: Analyzer) -> Vocabulary:
    return analyzer.vocabulary


def test_a_row_stands_for_its_phrases() -> None:
    found = set(phrases(Lab(("zinc",), "hyperzincemia", "zinc deficiency", "zinc deficiency")))
    assert Phrase("raised zinc", "hyperzincemia") in found
    assert Phrase("serum zinc is low", "zinc deficiency") in found
    assert Phrase("level of zinc", "zinc deficiency") not in found
    assert Phrase("zinc was not elevated", "hyperzincemia", absent=True) in found
    assert Phrase("normal zinc level", "zinc deficiency", absent=True) in found


def test_a_row_without_a_finding_says_nothing_of_that_side() -> None:
    found = list(phrases(Lab(("zinc",), "hyperzincemia", "", "")))
    assert {p.target for p in found} == {"hyperzincemia"}
    assert not any("low" in p.surface.split() or "normal zinc" in p.surface for p in found)


def test_no_phrase_is_in_two_rows() -> None:
    surfaces = [p.surface for lab in read_labs() for p in phrases(lab)]
    assert len(surfaces) == len(set(surfaces))


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("the leukocyte count is elevated", "leukocyte count 19,000/mm3"),
        ("a low platelet count", "platelet count 60,000/mm3"),
        ("hemoglobin was low", "hemoglobin 8.0 g/dL"),
        ("serum sodium is low", "serum sodium 122 mEq/L"),
        ("raised potassium level", "potassium 6.4 mEq/L"),
        ("calcium is high", "calcium 12.9 mg/dL"),
        ("reduced glucose", "glucose 41 mg/dL"),
        ("increased blood sugar", "glucose 320 mg/dL"),
        ("creatinine is elevated", "creatinine 3.1 mg/dL"),
        ("total bilirubin is raised", "total bilirubin 6.2 mg/dL"),
        ("TSH is elevated", "TSH 14 µU/mL"),
        ("the sedimentation rate is high", "ESR 90 mm/h"),
        ("elevated CRP", "CRP 120 mg/L"),
        ("albumin is decreased", "albumin 2.1 g/dL"),
        ("high uric acid", "uric acid 10.2 mg/dL"),
        ("blood pressure is low", "blood pressure 80/40 mm Hg"),
        ("heart rate is increased", "heart rate 130/min"),
    ],
)
def test_words_meet_the_number(analyzer: Analyzer, words: str, number: str) -> None:
    said = {m.concept for m in analyzer(words).mentions if m.polarity is Polarity.PRESENT}
    implied = {
        concept
        for m in analyzer(number, age=40).measurements
        for concept, polarity in m.implies
        if polarity is Polarity.PRESENT
    }
    assert said & implied


def test_normal_and_denied_values_are_absent(analyzer: Analyzer, vocabulary: Vocabulary) -> None:
    for text, finding in (
        ("hemoglobin is normal", "anemia"),
        ("the leukocyte count is not elevated", "leukocytosis"),
        ("normal creatinine level", "elevated serum creatinine"),
        ("a normal potassium", "hyperkalemia"),
        ("bicarbonate is normal", "metabolic acidosis"),
    ):
        (mention,) = analyzer(text).mentions
        assert (mention.concept, mention.polarity) == (vocabulary.lookup(finding), Polarity.ABSENT)


def test_a_diet_is_no_laboratory_value(vocabulary: Vocabulary) -> None:
    diets = ("low-sodium diet", "low calcium diet", "high potassium diet", "low cholesterol diet")
    values = {vocabulary.lookup(t) for t in ("hyponatremia", "hypocalcemia", "hyperkalemia")}
    assert not values & {vocabulary.lookup(diet) for diet in diets}
    assert None not in {vocabulary.lookup(diet) for diet in diets}

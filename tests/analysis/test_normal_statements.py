"""What is said to be well denies what would be wrong with it."""

from __future__ import annotations

import pytest

from reward_service.analysis.pipeline import Analyzer
from reward_service.text.document import Flag
from reward_service.vocabulary import load_vocabulary

DENIED = [
    ("Both lungs stayed clear.", "crackles"),
    ("He breathed easily throughout.", "dyspnea"),
    ("Respirations unlabored.", "dyspnea"),
    ("Her temperature never rose.", "fever"),
    ("Temp is normal.", "fever"),
    ("The whites of his eyes are white.", "jaundice"),
    ("She bends her neck freely.", "nuchal rigidity"),
    ("Moves all limbs equally.", "paralysis"),
    ("He walks unaided.", "gait disturbance"),
    ("The boy kept his appetite.", "decreased appetite"),
    ("She eats as before.", "decreased appetite"),
    ("Weight is steady.", "weight loss"),
    ("Stools remained formed.", "diarrhea"),
    ("The urine was free of blood.", "hematuria"),
    ("He passes water without burning.", "dysuria"),
    ("Speech fluent.", "dysarthria"),
    ("Eyesight is unaffected.", "visual loss"),
    ("She hears as well as ever.", "hearing loss"),
    ("Power is full in the legs.", "muscle weakness"),
    ("She was awake all the time.", "unconsciousness"),
    ("He is awake and orientated.", "confusion"),
    ("The tongue looked moist.", "dry mucous membranes"),
    ("The spleen cannot be felt.", "splenomegaly"),
    ("Deep tendon reflexes are 2+ throughout.", "areflexia"),
    ("The pupils react to light.", "nonreactive pupils"),
    ("She holds all meals down.", "vomiting"),
    ("He sleeps soundly.", "insomnia"),
]
AFFIRMED = [
    ("The pupils do not react to light.", "nonreactive pupils"),
    ("She has not kept her appetite.", "decreased appetite"),
    ("He does not hear well.", "hearing loss"),
    ("He is not eating normally.", "decreased appetite"),
]


@pytest.fixture(scope="module")
def analyze() -> Analyzer:
    return Analyzer(load_vocabulary())


def denials(analyze: Analyzer, text: str, finding: str) -> set[bool]:
    """Whether each mention of the finding is denied."""
    concept = analyze.vocabulary.lookup(finding)
    assert concept is not None
    return {bool(m.flags & Flag.NEGATED) for m in analyze(text).mentions if m.concept == concept}


@pytest.mark.parametrize(("text", "finding"), DENIED)
def test_a_normal_statement_denies(analyze: Analyzer, text: str, finding: str) -> None:
    assert denials(analyze, text, finding) == {True}


@pytest.mark.parametrize(("text", "finding"), AFFIRMED)
def test_a_denied_normal_statement_affirms(analyze: Analyzer, text: str, finding: str) -> None:
    assert denials(analyze, text, finding) == {False}

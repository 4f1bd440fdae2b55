"""The embedded artifact: what resolves to what, and that it is fresh and sound."""

from __future__ import annotations

import hashlib
import json

import pytest

from reward_service.text.document import SemanticType
from reward_service.vocabulary import Vocabulary, load_vocabulary
from reward_service.vocabulary.compiler.tables import read_tables, tables_digest
from reward_service.vocabulary.vocabulary import DEFAULT_PATH


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return load_vocabulary()


@pytest.mark.parametrize(
    "forms",
    [
        ("myocardial infarction", "heart attack", "MI", "STEMI", "Myocardial Infarctions"),
        ("hypertension", "high blood pressure", "hypertensive", "HTN", "elevated blood pressure"),
        ("dyspnea", "shortness of breath", "dyspnoea", "SOB", "short of breath", "dyspneic"),
        ("chronic obstructive pulmonary disease", "COPD", "copd"),
        ("fever", "febrile", "pyrexia", "feverish"),
        ("vomiting", "vomited", "vomits", "throwing up", "emesis"),
        ("pruritus", "itchy", "itching", "pruritic"),
        ("jaundice", "icteric", "jaundiced", "scleral icterus", "yellowing of the skin"),
        ("rhinorrhea", "runny nose", "rhinorrhoea"),
        ("diabetes mellitus", "diabetes", "diabetic", "DM"),
        ("urinary tract infection", "UTI", "UTIs", "bladder infection"),
        ("deep vein thrombosis", "DVT", "deep venous thrombosis"),
        ("edema", "oedema", "swollen", "swelling"),
        ("anemia", "anaemia", "anemic"),
        ("pregnancy", "pregnant", "gravid"),
        ("smoking", "smoker", "smokes", "smoked", "cigarettes"),
        ("hemoglobin", "Hb", "haemoglobin", "Hgb"),
        ("leukocyte count", "WBC", "white blood cell count"),
        ("blood pressure", "BP"),
        ("electrocardiogram", "ECG", "EKG"),
        ("jugular venous distention", "JVD", "distended neck veins"),
        ("aspirin", "acetylsalicylic acid", "ASA"),
        ("acetaminophen", "paracetamol", "Tylenol"),
        ("Escherichia coli", "E. coli"),
        ("Crohn disease", "Crohn's disease", "Crohn’s disease"),
        ("beta blocker", "beta-blockers", "beta-blocker"),
        ("confusion", "disoriented", "depressed level of consciousness"),
        ("melena", "black stools", "tarry stools"),
        ("asterixis", "flapping tremor"),
        ("chills", "rigors"),
        ("fatigue", "tiredness", "exhausted", "tired"),
        ("salt craving", "craves salty food"),
        ("dizziness", "light-headed", "lightheadedness"),
        ("pleuritic chest pain", "chest pain worse on inspiration"),
        ("leukocytosis", "elevated white count", "white cells are high"),
    ],
)
def test_forms_name_one_concept(vocabulary: Vocabulary, forms: tuple[str, ...]) -> None:
    ids = {form: vocabulary.lookup(form) for form in forms}
    assert None not in ids.values()
    assert len(set(ids.values())) == 1, ids


@pytest.mark.parametrize(
    ("text", "semantic_type"),
    [
        ("pneumonia", SemanticType.DISEASE),
        ("fever", SemanticType.FINDING),
        ("TTP", SemanticType.DISEASE),  # among the signs in MeSH's trees
        ("ITP", SemanticType.DISEASE),
        ("rebound tenderness", SemanticType.FINDING),
        ("metformin", SemanticType.DRUG),
        ("appendectomy", SemanticType.PROCEDURE),
        ("serum creatinine", SemanticType.PROCEDURE),
        ("liver", SemanticType.ANATOMY),
        ("Staphylococcus aureus", SemanticType.ORGANISM),
        ("recent travel", SemanticType.HISTORY),
        ("catalase", SemanticType.PROCEDURE),  # what a test measures
        ("cyclosporine", SemanticType.DRUG),
        ("insulin", SemanticType.DRUG),
    ],
)
def test_semantic_types(vocabulary: Vocabulary, text: str, semantic_type: SemanticType) -> None:
    concept_id = vocabulary.lookup(text)
    assert concept_id is not None
    assert vocabulary.concept(concept_id).type is semantic_type


def test_general_words_name_nothing(vocabulary: Vocabulary) -> None:
    words = (
        "patient history left severe blood parents diagnosis treatment disease syndrome all mi "
        "aids symptoms normal answer infection infections antibodies injury blackout flaccid faint "
        "sterile virus drug drugs leads red"
    )
    assert [w for w in words.split() if vocabulary.lookup(w) is not None] == []
    assert vocabulary.lookup("") is None


def test_different_things_stay_apart(vocabulary: Vocabulary) -> None:
    groups = [
        ("hypotension", "hypertension"),
        ("hyperkalemia", "hypokalemia"),
        ("type 1 diabetes", "type 2 diabetes"),
        ("hypothyroidism", "hyperthyroidism"),
        ("systolic murmur", "diastolic murmur"),
        ("ulcerative colitis", "Crohn disease"),
        ("nuchal rigidity", "muscle rigidity"),
        ("punched-out ulcers", "physical assault"),
        ("flaccid bullae", "hypotonia"),
        ("depressed level of consciousness", "depressed mood"),
        ("severe chest pain", "pleuritic chest pain"),
        ("distended bladder", "abdominal distention"),
        ("restless", "hyperactive"),
        ("abnormal movements", "chorea"),
        ("unprotected sex", "contraceptive use"),
    ]
    for a, b in groups:
        assert vocabulary.lookup(a) is not None
        assert vocabulary.lookup(a) != vocabulary.lookup(b)


def test_words_that_imply_absence_are_kept_apart(vocabulary: Vocabulary) -> None:
    assert vocabulary.lookup("afebrile") == vocabulary.lookup("fever")
    assert "afebrile" in vocabulary.absent
    assert "afebrile" not in vocabulary.table


def test_every_alias_resolves_to_its_target(vocabulary: Vocabulary) -> None:
    wrong = [
        (alias.surface, alias.target)
        for alias in read_tables().aliases
        if not alias.yields and vocabulary.lookup(alias.surface) != vocabulary.lookup(alias.target)
    ]
    assert wrong == []


def test_known_words(vocabulary: Vocabulary) -> None:
    assert vocabulary.is_word("pneumonia")
    assert vocabulary.is_word("yesterday")
    assert not vocabulary.is_word("pnuemonia")


def test_terms_are_sorted_and_name_known_concepts(vocabulary: Vocabulary) -> None:
    pairs = list(vocabulary.terms)
    assert len(pairs) > 150_000
    assert [term for term, _ in pairs] == sorted(term for term, _ in pairs)
    assert all(concept in vocabulary for _, concept in pairs)


def test_version_carries_the_digest(vocabulary: Vocabulary) -> None:
    release, _, digest = vocabulary.version.rpartition("-")
    assert release == "2026.11"
    assert vocabulary.sha256.startswith(digest)


def test_report_and_tables_fit_the_artifact(vocabulary: Vocabulary) -> None:
    """Fails when a table was edited and `make vocabulary` not run."""
    report = json.loads(DEFAULT_PATH.with_name("report.json").read_text("utf-8"))
    assert report["artifact_sha256"] == hashlib.sha256(DEFAULT_PATH.read_bytes()).hexdigest()
    assert report["tables_sha256"] == tables_digest()
    assert report["concepts"] == len(vocabulary)

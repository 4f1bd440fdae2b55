"""What laypeople call symptoms, signs, illnesses, habits and medicines."""

from __future__ import annotations

import pytest

from reward_service.analysis.pipeline import Analyzer
from reward_service.vocabulary import load_vocabulary

SENTENCES = [
    ("She cannot keep food down.", "vomiting"),
    ("He can’t keep anything down.", "vomiting"),
    ("For two days he has had the runs.", "diarrhea"),
    ("He went for a run.", ""),
    ("Passing water hurts.", "dysuria"),
    ("It stings when she pees.", "dysuria"),
    ("He gets up at night to pee.", "nocturia"),
    ("The whites of her eyes are yellow.", "jaundice"),
    ("Her ankles are puffy by evening.", "peripheral edema"),
    ("He was told he had the sugar disease.", "diabetes mellitus"),
    ("She takes water pills.", "diuretics"),
    ("He is on a blood thinner.", "anticoagulants"),
    ("The room spins when she lies down.", "vertigo"),
    ("His heart skips beats.", "palpitations"),
    ("Bright light hurts her eyes.", "photophobia"),
    ("He cannot touch his chin to his chest.", "nuchal rigidity"),
    ("She is off her food.", "decreased appetite"),
    ("His weight dropped.", "weight loss"),
    ("He wakes up drenched.", "night sweats"),
    ("She lies awake for hours.", "insomnia"),
    ("He has been feeling low.", "depressed mood"),
    ("She wishes she were dead.", "suicidal ideation"),
    ("He hears voices telling him to run.", "hallucinations"),
    ("He sleeps propped up.", "orthopnea"),
    ("She gets breathless climbing the stairs.", "dyspnea on exertion"),
    ("Food gets stuck in his throat.", "dysphagia"),
    ("Her stools look black and tarry stools followed.", "melena"),
    ("His mouth droops.", "facial droop"),
    ("She sees two images.", "double vision"),
    ("His ears ring.", "tinnitus"),
    ("She is not interested in food.", "decreased appetite"),
    ("He has a hard time getting his breath.", "dyspnea"),
    ("She has been bringing up green phlegm.", "productive cough"),
    ("He peed red urine.", "hematuria"),
    ("She struggles with trouble getting her words out.", "aphasia"),
    ("Her liver is bigger than normal.", "hepatomegaly"),
    ("His reflexes are lively.", "hyperreflexia"),
    ("He takes a pill for high blood pressure.", "antihypertensive agents"),
    ("The whites of his eyes look yellowish.", "jaundice"),
    ("She tossed and kept tossing and turning.", "insomnia"),
    ("A clot went to the lung: a blood clot in her lung.", "pulmonary embolism"),
    ("The medication was withdrawn.", ""),
    ("Cardiac pacing was started.", ""),
    ("The skin itches.", "pruritus"),
    ("She is always cold.", "cold intolerance"),
    ("He drags his left foot and walks with a limp.", "abnormal gait"),
    ("He gave up smoking.", "former smoker"),
    ("She had her gallbladder taken out.", "cholecystectomy"),
    ("She shivered with the cold.", "chills"),
    ("He is nervous.", "anxiety"),
    ("She has nonbloody diarrhea.", "diarrhea"),
    ("His skin burns easily, she says.", "burning sensation"),
    ("The smear shows red cell fragments.", "schistocytes"),
    ("The smear shows sickled red cells.", "sickle cells"),
]


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return Analyzer(load_vocabulary())


@pytest.mark.parametrize(("text", "finding"), SENTENCES)
def test_lay_words_name_the_concept(analyzer: Analyzer, text: str, finding: str) -> None:
    concepts = {mention.concept for mention in analyzer(text).mentions}
    assert analyzer.vocabulary.lookup(finding or "diarrhea") is not None
    assert (analyzer.vocabulary.lookup(finding or "diarrhea") in concepts) == bool(finding)


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("The stools are pale and his diabetes is poorly controlled.", "malaise"),
        ("Faint wheezing is heard.", "syncope"),
        ("The answer that fits best is B.", "seizures"),
        ("She has difficulty going up the stairs.", "constipation"),
        ("The blood sugar is 121 mg/dL.", "hypoglycemia"),
        ("The abscess was drained.", "fatigue"),
        ("The pain did not respond to ibuprofen.", "unconsciousness"),
        ("Oxygen consumption rises.", "tuberculosis"),
        ("The temperature fell.", "accidental fall"),
        ("The swabs are cold.", "common cold"),
        ("The nervous system was examined.", "anxiety"),
        ("His tongue burns like fire.", "burn"),
        ("Walking for long periods of time tires him.", "menorrhagia"),
    ],
)
def test_everyday_words_name_no_finding(analyzer: Analyzer, text: str, finding: str) -> None:
    concept = analyzer.vocabulary.lookup(finding)
    assert concept is not None
    assert concept not in {mention.concept for mention in analyzer(text).mentions}

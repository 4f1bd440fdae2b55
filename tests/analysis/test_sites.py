"""Symptoms joined with the part of the body they are told of, whatever stands between."""

from __future__ import annotations

import itertools
import time

import pytest

from reward_service.analysis.pipeline import Analyzer
from reward_service.analysis.sites import read_sites
from reward_service.text.document import Polarity
from reward_service.vocabulary import load_vocabulary


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return Analyzer(load_vocabulary())


@pytest.mark.parametrize(
    ("text", "surface", "finding"),
    [
        ("She has pain in her lower belly.", "pain in her lower belly", "lower abdominal pain"),
        ("A dull ache over the left flank came on.", "ache over the left flank", "flank pain"),
        ("The right wrist is very sore.", "wrist is very sore", "wrist pain"),
        ("He has sore, warm skin and a sore left elbow.", "sore left elbow", "elbow pain"),
        ("Pain localized to the right lower quadrant.", None, "right lower quadrant pain"),
        ("There is swelling of both lower legs.", None, "peripheral edema"),
        ("The wrists have become swollen.", "wrists have become swollen", "joint swelling"),
        ("Tender to palpation over the epigastrium.", None, "epigastric tenderness"),
        ("She bled from the gums.", "bled from the gums", "bleeding gums"),
        ("There was blood in his pee.", "blood in his pee", "hematuria"),
        ("Her lids droop by evening.", "lids droop", "ptosis"),
        ("He has stiffness in the fingers.", "stiffness in the fingers", "joint stiffness"),
        ("Weakness in both of her arms is new.", None, "muscle weakness"),
        ("She found a lump in her left breast.", None, "breast mass"),
        ("An ache in the back of the throat.", None, "sore throat"),
        ("His spleen, she says, is a spleen that is big.", "spleen that is big", "splenomegaly"),
        ("A prostate that is much too large.", None, "enlarged prostate"),
        ("His arterial pressure stays high.", "arterial pressure stays high", "hypertension"),
        ("Fluid leaks from her nipple.", "Fluid leaks from her nipple", "nipple discharge"),
        ("Her cheeks have become bloodless.", "cheeks have become bloodless", "pallor"),
        ("His eyesight became misty.", "eyesight became misty", "blurred vision"),
        ("Her fingers, too, shook: fingers that shook.", "fingers that shook", "tremor"),
        ("A tummy that hurts when touched.", None, "abdominal tenderness"),
        ("An ache over the kidneys on tapping.", None, "costovertebral angle tenderness"),
        ("An ache over the kidneys.", "ache over the kidneys", "flank pain"),
        ("Tender to deep palpation over the belly.", None, "abdominal tenderness"),
        ("She has pain on palpation of the upper abdomen.", None, "epigastric tenderness"),
        ("An abdomen with vague tenderness.", None, "abdominal tenderness"),
        ("A calf with swelling.", "calf with swelling", "calf swelling"),
    ],
)  # fmt: skip
def test_a_symptom_and_its_site_are_one_finding(
    analyzer: Analyzer, text: str, surface: str | None, finding: str
) -> None:
    concept = analyzer.vocabulary.lookup(finding)
    found = [m for m in analyzer(text).mentions if m.concept == concept]
    assert len(found) == 1
    assert surface is None or text[found[0].start : found[0].end] == surface


@pytest.mark.parametrize(
    ("text", "finding", "polarity"),
    [
        ("Her belly does not hurt.", "abdominal pain", Polarity.ABSENT),
        ("There is no swelling around the ankles.", "peripheral edema", Polarity.ABSENT),
        ("She denies pain across her chest.", "chest pain", Polarity.ABSENT),
        ("The calf isn't tender.", "calf tenderness", Polarity.ABSENT),
        ("His knees still ache.", "knee pain", Polarity.PRESENT),
        ("She does not have a liver that is too large.", "hepatomegaly", Polarity.ABSENT),
        ("He has a knee that does not hurt.", "knee pain", Polarity.ABSENT),
    ],
)
def test_the_finding_has_the_polarity_of_its_symptom(
    analyzer: Analyzer, text: str, finding: str, polarity: Polarity
) -> None:
    concept = analyzer.vocabulary.lookup(finding)
    assert [m.polarity for m in analyzer(text).mentions if m.concept == concept] == [polarity]


@pytest.mark.parametrize(
    "text",
    [
        "She has pain, and her chest is clear.",
        "He hurt himself; his head was shaved.",
        "Pain when the arm is raised.",
        "A mass in the head of the pancreas.",
        "Chest pain on inspiration in the morning.",
        "A large liver metastasis was removed.",
        "There is fluid in the ear.",
        "White skin lesions came and went.",
        "A cold abdomen with rebound tenderness.",
        "A high pressure in the pulmonary artery.",
    ],
)
def test_what_does_not_belong_together_stays_apart(analyzer: Analyzer, text: str) -> None:
    assert all(m.via != "site" for m in analyzer(text).mentions)


def test_mentions_stay_in_order_and_apart(analyzer: Analyzer) -> None:
    text = "Pain in the knee, pain in the hip of the left leg and a swollen, sore ankle. " * 3
    mentions = analyzer(text).mentions
    assert all(a.last <= b.first for a, b in itertools.pairwise(mentions))


def test_every_row_names_a_finding() -> None:
    vocabulary = load_vocabulary()
    rows = read_sites()
    assert all(vocabulary.lookup(finding) for _, _, finding in rows)
    pairs = [(symptom, site) for symptom, sites, _ in rows for site in sites]
    assert len(pairs) == len(set(pairs))


def test_time_is_linear(analyzer: Analyzer) -> None:
    def seconds(count: int) -> float:
        text = "pain in the left left left ache is is is sore " * count
        best = float("inf")
        for _ in range(3):
            start = time.thread_time()
            analyzer(text)
            best = min(best, time.thread_time() - start)
        return best

    seconds(20)
    assert seconds(1000) < 40 * seconds(100)

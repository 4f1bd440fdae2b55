"""What a sentence says for and against each option."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reward_service.grounding.case import Case
from reward_service.grounding.options import OptionsConfig, weigh_options
from reward_service.grounding.rollout import Rollout
from reward_service.grounding.usage import uses_of
from reward_service.wire.codes import Outcome

QUESTION = (
    "A 30-year-old woman has fever, a rash and joint swelling. She has no headache. "
    "What is the most likely diagnosis?"
)
OPTIONS = {"A": "Gout", "B": "Measles", "C": "Malaria", "D": "Lyme disease"}


@pytest.fixture
def read(make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]) -> object:
    def read(text: str) -> Rollout:
        return make_rollout(make_case(QUESTION, options=OPTIONS), f"{text} \\boxed{{B}}")

    return read


Read = Callable[[str], Rollout]


@pytest.mark.parametrize(
    ("text", "backed", "against"),
    [
        ("Gout makes no sense at this age.", "", "A"),
        ("There is no data to support malaria.", "", "C"),
        ("Malaria has no relevant indication here.", "", "C"),
        ("Malaria is reserved for travellers.", "", "C"),
        ("Gout is only considered in older men.", "", "A"),
        ("Malaria can be discarded.", "", "C"),
        ("False: option C.", "", "C"),
        ("The swelling does not correspond to gout.", "", "A"),
        ("Gout is not indicated by anything here.", "", "A"),
        ("She has no symptoms or signs compatible with malaria.", "", "C"),
        ("Gout would have spared the skin and caused tophi.", "", "A"),
        ("Gout would be right if she were older.", "", "A"),
        ("In malaria there should be chills with every bout.", "", "C"),
        ("Gout: there would be a swollen toe.", "", "A"),
        ("There should be no delay with malaria.", "", ""),
        ("Gout would generally be accompanied by tophi.", "", "A"),
        ("Gout is rare at this age.", "", "A"),
        ("Gout is not rare at this age.", "", ""),
        ("Malaria can be ignored without a journey.", "", "C"),
        ("It is not gout.", "", "A"),
        ("Gout is less likely than measles.", "B", "A"),
        ("Measles rather than gout explains the rash.", "B", "A"),
        ("Options A and C are false, option B is correct.", "B", "AC"),
        ("Gout explains the joint swelling, but not the rash.", "", "A"),
        ("Although measles does not explain the swelling, it fits the rash best.", "B", ""),
        ("Malaria, which does not fit the rash, is common.", "", "C"),
        ("It is important to rule out malaria.", "", ""),
        ("Malaria must be ruled out by a smear.", "", ""),
        ("Malaria cannot be ruled out.", "", ""),
        ("Gout may be suitable to explain some of it.", "", ""),
        ("The other options do not explain the rash.", "", "ACD"),
        ("So gout is out.", "", "A"),
        ("Gout is not out yet.", "", ""),
        ("Uric acid is out of range in gout.", "", ""),
    ],
)
def test_verdicts(read: Read, text: str, backed: str, against: str) -> None:
    sentence = read(text).sentences[0]
    assert (sorted(sentence.backed), sorted(sentence.against)) == (list(backed), list(against))


@pytest.mark.parametrize(
    ("text", "backed", "against"),
    [
        ("Not having a headache suggests measles rather than malaria.", "B", "C"),
        ("Never having drunk wine supports measles rather than gout.", "B", "A"),
        ("Having no headache is consistent with measles.", "B", ""),
        ("The fact that she does not have a headache suggests measles.", "B", ""),
        ("That there is no headache fits measles rather than malaria.", "B", "C"),
        ("A rash without a headache fits measles.", "B", ""),
        ("Without chills malaria is unlikely.", "", "C"),
        ("The fact that gout does not really explain the rash is clear.", "", "A"),
        ("That does not by itself explain gout.", "", "A"),
        ("The swelling is not fitting gout.", "", "A"),
        ("She has a rash without signs that fit malaria.", "", "C"),
        ("She is well without lesions to suggest malaria.", "", "C"),
        ("She came without any support for malaria.", "", "C"),
        ("Without chills this does not suggest malaria.", "", "C"),
    ],
)
def test_what_is_missing_may_speak_for_an_option(
    read: Read, text: str, backed: str, against: str
) -> None:
    sentence = read(text).sentences[0]
    assert (sorted(sentence.backed), sorted(sentence.against)) == (list(backed), list(against))


@pytest.mark.parametrize(
    "text",
    [
        "Gout explains the fever but not the joint swelling.",
        "Gout does not include joint swelling of this kind.",
        "Joint swelling is not a feature of malaria.",
        "Malaria fits the fever, but it does not justify the joint swelling.",
        "Option C does not explain the joint swelling.",
    ],
)
def test_what_does_not_go_with_an_option_is_not_denied(read: Read, text: str) -> None:
    assert _outcome(read(text)) is Outcome.MATCHED


@pytest.mark.parametrize(
    "text",
    [
        "Gout is a poor fit, in addition to not explaining the joint swelling.",
        "Malaria leads to fever without causing the joint swelling.",
    ],
)
def test_not_explaining_a_finding_leaves_it_standing(read: Read, text: str) -> None:
    assert _outcome(read(text)) is not Outcome.CONTRADICTED


@pytest.mark.parametrize(
    "text",
    [
        "Gout is unlikely because there is no joint swelling.",
        "She does not have the joint swelling of gout.",
        "Malaria leaves the lack of joint swelling unexplained.",
    ],
)
def test_what_the_patient_lacks_is_denied(read: Read, text: str) -> None:
    assert _outcome(read(text)) is Outcome.CONTRADICTED


@pytest.mark.parametrize(
    "text",
    [
        "I would not expect the lack of headache with malaria.",
        "The absence of a headache would be odd in malaria.",
        "Malaria is a poor match for the lack of headache.",
        "Malaria leaves the lack of headache unexplained, so I set it aside.",
        "Malaria does not explain the absence of headache.",
    ],
)
def test_what_is_lacked_is_a_ground_whatever_is_argued_from_it(read: Read, text: str) -> None:
    rollout = read(text)
    credits = {
        weighing.letter: weighing.credit for weighing in weigh_options(rollout, OptionsConfig())
    }
    assert _outcome(rollout, "headache") is Outcome.MATCHED
    assert credits["C"] >= 0.7


def _outcome(rollout: Rollout, word: str = "swelling") -> Outcome:
    found = [
        use.outcome
        for finding, use in zip(rollout.case.findings, uses_of(rollout), strict=True)
        if word in finding.words
    ]
    assert len(found) == 1
    return found[0]

"""What a completion claims of the case, and how the case bears on it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reward_service.grounding.case import Case
from reward_service.grounding.claims import claims_of
from reward_service.grounding.rollout import Rollout
from reward_service.grounding.support import verdict
from reward_service.grounding.usage import uses_of
from reward_service.wire.codes import Outcome

MATCHED, CONTRADICTED, UNSUPPORTED = Outcome.MATCHED, Outcome.CONTRADICTED, Outcome.UNSUPPORTED
QUESTION = (
    "A 58-year-old man has had breathlessness on exertion for the past 3 weeks. He has non-bloody "
    "diarrhea. He has type 2 diabetes mellitus and hypertension. His medications are metformin and "
    "lisinopril. His pulse is 84/min and his blood pressure is 118/76 mm Hg. There is tenderness "
    "in the right upper quadrant. Hemoglobin is 14 g/dL. What is the most likely diagnosis?"
)


def _verdicts(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout], text: str
) -> list[Outcome]:
    case = make_case(QUESTION, options={"A": "Cholecystitis", "B": "Pneumonia"})
    return [verdict(claim, case).outcome for claim in claims_of(make_rollout(case, text))]


@pytest.mark.parametrize(
    ("text", "outcomes"),
    [
        # A value or a time in a sentence that does not name the patient.
        ("I note that the hemoglobin came back at 14 g/dL.", [MATCHED]),
        ("I note that the hemoglobin came back at 14 mg/dL.", [CONTRADICTED]),
        ("I note that the hemoglobin came back at 9 g/dL.", [CONTRADICTED]),
        ("The trouble has lasted 3 weeks by now.", [MATCHED]),
        ("The trouble has lasted 3 years by now.", [UNSUPPORTED]),
        ("It all began 3 days ago.", [UNSUPPORTED]),
        ("Treatment takes 10 days.", []),  # dates nothing of the patient
        ("I note that the sodium is 130 mEq/L.", [UNSUPPORTED]),
        # An age up to which, or from which on, something happens is not the patient's.
        ("After the age of 40 years, gallstones become frequent.", []),
        ("In this patient it would have begun by 30 years of age.", []),
        ("It befalls people at 20-30 years of age.", []),
        ("It befalls people over 50 years of age.", [MATCHED]),  # as he is
        ("This is a 58-year-old.", [MATCHED]),
        ("He is 48 years old.", [CONTRADICTED]),
        # A limit is the patient's only where it is said of him, or holds.
        ("Anemia is treated at a hemoglobin of less than 7 g/dL.", []),
        ("His hemoglobin is less than 7 g/dL.", [CONTRADICTED]),
        ("The alarm rings at a hemoglobin of less than 15 g/dL.", [MATCHED]),
        # A value that is denied, one of somebody else, and one of the past.
        ("As a child, and never since, he had a pulse of 84/min.", [UNSUPPORTED]),
        ("His pulse is not 84/min.", [CONTRADICTED]),
        ("His pulse is not 130/min.", []),
        ("He is not a 58-year-old.", [CONTRADICTED]),
        ("His brother has a pulse of 84/min.", [CONTRADICTED]),
        ("His brother has no fever and a hemoglobin of 14 g/dL.", [UNSUPPORTED, CONTRADICTED]),
        # What it concludes is its diagnosis wherever it is named; what it only tells is a claim.
        ("This suggests hepatomegaly. Hepatomegaly of this size is firm.", []),
        ("Hepatomegaly of this size is firm. This suggests hepatomegaly.", [UNSUPPORTED]),
        ("This suggests hepatomegaly. He has hepatomegaly.", [UNSUPPORTED]),
        ("This does not suggest hepatomegaly. He has hepatomegaly.", [UNSUPPORTED]),
        ("This suggests diarrhea. He has diarrhea.", [MATCHED]),
        # What the patient holds is named before the word that says so.
        ("Metformin is one of his medicines.", [MATCHED]),
        ("Atenolol is one of his medicines.", [UNSUPPORTED]),
        ("Osteoporosis is on the list of his old diagnoses.", [UNSUPPORTED]),
        ("Osteoporosis is a diagnosis to think of in him.", []),
        # A longer name of the case holds the claim's.
        ("Diabetes mellitus is known in him.", [MATCHED]),
        ("He never had diabetes mellitus.", [CONTRADICTED]),
        ("There is no diabetes mellitus in his records.", [CONTRADICTED]),
        # What the case says of a kind, it says of the whole.
        ("He complains of dyspnea.", [MATCHED]),
        ("He has abdominal tenderness.", [MATCHED]),
        ("He has no dyspnea.", [CONTRADICTED]),
        # A normal value does not deny an illness that the case states.
        ("He never had hypertension.", [CONTRADICTED]),
        ("He has hypertension.", [MATCHED]),
        # What is so now is no ground for the past, also where words alone tell that it is so.
        ("Years ago he had diarrhea, which never came back.", [UNSUPPORTED]),
        ("He has diarrhea.", [MATCHED]),
        # What is of a history may still be so.
        ("He has a history of hypertension.", [MATCHED]),
        ("He has h/o hypertension and diarrhea.", [MATCHED, MATCHED]),
        ("He has a remote history of hypertension.", [UNSUPPORTED]),
        ("He has a history of hypertension as a young man.", [UNSUPPORTED]),
        ("He has a history of hypertension. Years ago he had diarrhea.", [MATCHED, UNSUPPORTED]),
    ],
)
def test_what_is_claimed_and_how_the_case_bears_on_it(
    make_case: Callable[..., Case],
    make_rollout: Callable[[Case, str], Rollout],
    text: str,
    outcomes: list[Outcome],
) -> None:
    assert _verdicts(make_case, make_rollout, text) == outcomes


@pytest.mark.parametrize(
    ("text", "outcomes"),
    [
        # "No earlier headaches" denies no kind of the headache that she has now.
        ("It is a thunderclap headache.", [UNSUPPORTED]),
        ("She never had migraine.", [MATCHED]),
        ("She has a headache.", [MATCHED]),
        ("She has a barking cough.", [CONTRADICTED]),
    ],
)
def test_what_is_denied_beside_what_is_there(
    make_case: Callable[..., Case],
    make_rollout: Callable[[Case, str], Rollout],
    text: str,
    outcomes: list[Outcome],
) -> None:
    case = make_case("A woman has a headache of one hour. She has no cough or earlier headaches.")
    assert [verdict(c, case).outcome for c in claims_of(make_rollout(case, text))] == outcomes


@pytest.mark.parametrize(
    ("text", "outcomes"),
    [
        ("She was given heparin last week.", [CONTRADICTED]),
        ("Her exposure to heparin was long.", [CONTRADICTED]),
        ("Heparin is contraindicated in this woman.", []),
        ("Heparin and surgery would do harm.", []),
    ],
)
def test_a_drug_that_is_weighed_is_not_said_to_be_given(
    make_case: Callable[..., Case],
    make_rollout: Callable[[Case, str], Rollout],
    text: str,
    outcomes: list[Outcome],
) -> None:
    case = make_case(
        "A woman has easy bruising. She has had no exposure to heparin. What is to be given?",
        options={"A": "Heparin", "B": "Plasma exchange"},
    )
    claims = claims_of(make_rollout(case, text))
    assert [verdict(claim, case).outcome for claim in claims] == outcomes


def test_a_value_whose_name_is_denied_is_no_value(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]
) -> None:
    case = make_case("A man has a blood pressure of 82/50 mm Hg after a fall.")
    denied, lower = claims_of(make_rollout(case, "He has no low blood pressure (82/50 mm Hg)."))
    assert denied.measurement is None
    assert verdict(denied, case).outcome is CONTRADICTED
    assert lower.measurement is not None


@pytest.mark.parametrize(
    ("text", "outcomes"),
    [
        ("The child has a fever of 39.4 °C.", [MATCHED]),
        ("The child has a fever of 36.6 °C.", [CONTRADICTED]),
        # A size is one of what the case has; a time says how long something has lasted.
        ("The blister is 2*3 cm.", [MATCHED, MATCHED, MATCHED]),
        ("The blister is 2*5 cm.", [MATCHED, MATCHED, UNSUPPORTED]),
        ("Anything of 5 cm would be larger.", []),
        ("The ward admits what is more than 5 cm.", []),
        ("Anything with 4 days of evolution is new.", [MATCHED]),
        ("Anything with 9 days of evolution is new.", [UNSUPPORTED]),
        ("Anything after 9 days of rest is new.", []),
        ("The radiation came to 3 Gy in this child.", [UNSUPPORTED]),
    ],
)
def test_values_that_the_case_gives_otherwise(
    make_case: Callable[..., Case],
    make_rollout: Callable[[Case, str], Rollout],
    text: str,
    outcomes: list[Outcome],
) -> None:
    case = make_case(
        "A 3-year-old girl has had a fever of 39.4 °C for 4 days. There is a blister of 2 x 3 cm "
        "on her arm, which was irradiated with 2 Gy."
    )
    claims = sorted(claims_of(make_rollout(case, text)), key=lambda claim: claim.start)
    assert [verdict(claim, case).outcome for claim in claims] == outcomes


def test_the_ages_of_two_children_do_not_contradict_each_other(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]
) -> None:
    case = make_case("A man has scaly skin. His 10-year-old daughter and 6-year-old son are well.")
    text = "His 10-year-old daughter and his 6-year-old son do not have the scaly skin."
    uses = uses_of(make_rollout(case, text))
    ages = [u for f, u in zip(case.findings, uses, strict=True) if f.measurement]
    assert [use.outcome for use in ages] == [MATCHED, MATCHED]


def test_weeks_of_pregnancy_before_or_after_which_something_is_so_are_not_hers(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]
) -> None:
    case = make_case("A woman who is 32 weeks pregnant has a headache.")
    rollout = make_rollout(case, "It is there until 22 weeks and after 37 weeks of pregnancy.")
    assert not [c for c in claims_of(rollout) if c.measurement]
    rollout = make_rollout(case, "She is at 37 weeks of pregnancy.")
    assert [verdict(c, case).outcome for c in claims_of(rollout)] == [CONTRADICTED]

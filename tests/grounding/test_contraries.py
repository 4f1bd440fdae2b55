"""Words that say the contrary of the case, and words in the place of the case's."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reward_service.grounding.case import Case
from reward_service.grounding.claims import claims_of
from reward_service.grounding.rollout import Rollout
from reward_service.grounding.sentences import Standing
from reward_service.grounding.support import verdict
from reward_service.text.normalize import normalize_token
from reward_service.text.tables import table_rows
from reward_service.wire.codes import Outcome

CASE = (
    "A 52-year-old man comes to the clinic because of severe burning pain in his left knee that "
    "began suddenly 3 weeks ago. His mother had a mild stroke. The upper eyelid is swollen and the "
    "platelet count is raised. His gait is normal. An ultrasound of the knee shows a moderate "
    "effusion with 14 ml of fluid. Which of the following is the most likely diagnosis?"
)


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        ("He has mild burning pain.", ["severity: mild"]),
        ("He has severe burning pain.", []),
        ("His right knee is painful.", ["side: right"]),
        ("He has pain in the left knee, and the right hand is fine.", []),
        ("The pain began gradually.", ["onset: gradually"]),
        ("He has a lowered platelet count.", ["level: lowered"]),
        ("His gait is abnormal.", ["result: abnormal"]),
        ("His gait is normal.", []),
        ("His lower eyelid is swollen.", ["height: lower"]),
        ("There is pain in his elbow.", ["region: elbow"]),
        ("The woman has pain.", ["sex: woman"]),
        ("This 52-year-old female has pain.", ["sex: female"]),
        ("Gout is more common in men than in any woman.", []),
        ("If the pain were mild, rest would do.", []),
        ("He does not have mild pain.", []),
        ("Mild pain may be due to strain.", []),
        ("His mother had a severe stroke.", []),
    ],
)
def test_a_word_on_another_side_than_the_cases_is_contrary_to_it(
    make_case: Callable[..., Case],
    make_rollout: Callable[[Case, str], Rollout],
    text: str,
    subjects: list[str],
) -> None:
    case = make_case(CASE)
    found = [c for c in claims_of(make_rollout(case, text)) if c.contrary is not None]
    assert [c.key.subject for c in found] == subjects
    assert all(verdict(claim, case).outcome is Outcome.CONTRADICTED for claim in found)


@pytest.mark.parametrize(
    ("text", "outcomes"),
    [
        ("There is no severe headache.", []),
        ("There is no mild headache.", [Outcome.CONTRADICTED]),
        ("There is no headache.", [Outcome.CONTRADICTED]),
        ("There is hardly any headache.", []),
        ("There is hardly any fever.", [Outcome.CONTRADICTED]),
    ],
)
def test_what_is_denied_of_another_degree_is_no_claim(
    make_case: Callable[..., Case],
    make_rollout: Callable[[Case, str], Rollout],
    text: str,
    outcomes: list[Outcome],
) -> None:
    case = make_case("A man has fever and a mild headache. What is the diagnosis?")
    claims = claims_of(make_rollout(case, text))
    assert [verdict(claim, case).outcome for claim in claims] == outcomes


def test_a_case_that_has_both_sides_is_contradicted_by_neither(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]
) -> None:
    case = make_case("A woman has mild pain by day. She has severe pain at night.")
    for text in ("She has severe pain.", "She has mild pain."):
        assert not [c for c in claims_of(make_rollout(case, text)) if c.contrary is not None]


def test_a_case_of_two_people_has_no_sex(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]
) -> None:
    case = make_case("A 30-year-old woman gives birth to a male infant with jaundice.")
    assert not [c for c in claims_of(make_rollout(case, "This male has jaundice.")) if c.contrary]


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        ("A biopsy of the knee shows a moderate effusion.", ["misquoted: biopsy"]),
        ("The ultrasound shows an effusion with 41 ml of fluid.", ["misquoted: 41"]),
        ("He has a moderate effusion with 14 ml of clear fluid.", []),
        ("A sonogram of the knee shows an effusion.", []),
    ],
)
def test_another_thing_in_the_place_of_the_cases_is_a_misquotation(
    make_case: Callable[..., Case],
    make_rollout: Callable[[Case, str], Rollout],
    text: str,
    subjects: list[str],
) -> None:
    rollout = make_rollout(make_case(CASE), text)
    found = [c for c in claims_of(rollout) if c.contrary is not None]
    assert [c.key.subject for c in found] == subjects


def test_a_number_that_is_no_value_can_be_misquoted(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]
) -> None:
    case = make_case("A woman is on day 4 of her second cycle, and the score is 7 of 15.")
    claims = claims_of(make_rollout(case, "She has a problem, as the score is 11 of 15."))
    assert [c.key.subject for c in claims if c.contrary] == ["misquoted: 11"]


def test_a_copied_sentence_with_another_word_in_it_is_copied(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]
) -> None:
    text = "The upper eyelid is numb and the platelet count is raised."
    (sentence,) = make_rollout(make_case(CASE), text).sentences
    assert sentence.standing is Standing.COPIED
    assert not sentence.own


def test_no_word_is_on_two_sides_of_a_row() -> None:
    for kind, sides in table_rows("reward_service.grounding", "contraries.tsv"):
        words = [{normalize_token(word) for word in side.split()} for side in sides.split("|")]
        assert len(words) > 1, kind
        assert sum(map(len, words)) == len(set.union(*words)), kind


def test_another_unit_of_the_cases_number_is_a_misquotation(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]
) -> None:
    case = make_case("A 30-year-old woman who is 28 weeks pregnant has a headache.")
    (found,) = [c for c in claims_of(make_rollout(case, "She is 28 years pregnant.")) if c.contrary]
    assert found.key.subject == "misquoted: year"


@pytest.mark.parametrize(
    ("text", "misquoted"),
    [
        ("Fever for the past 5 months, a rash and a cough are telling.", ["misquoted: month"]),
        ("Fever for the past 5 days, a rash and a cough are telling.", []),
        ("It took 5 months, a long time.", []),  # another time
    ],
)
def test_another_unit_before_a_comma_is_one_where_the_words_before_are_the_cases(
    make_case: Callable[..., Case],
    make_rollout: Callable[[Case, str], Rollout],
    text: str,
    misquoted: list[str],
) -> None:
    case = make_case("A girl has had fever for the past 5 days, a rash and a cough.")
    found = [c for c in claims_of(make_rollout(case, text)) if c.contrary]
    assert [c.key.subject for c in found] == misquoted


def test_a_finding_beside_a_contrary_word_is_not_the_cases(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]
) -> None:
    case = make_case("A woman has a severe headache and a rash.")
    rollout = make_rollout(case, "She has a mild headache with a rash.")
    made = [rollout.document.text[c.start : c.end] for c in claims_of(rollout)]
    assert made == ["rash", "mild"]


def test_an_invented_finding_leads_nowhere(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]
) -> None:
    case = make_case(
        "A woman has fever, a rash and a headache.", options={"A": "Flu", "B": "Zoster"}
    )
    text = "She has a rash, and therefore fever, because of the {}."
    invented, restated = (
        make_rollout(case, text.format(thing)).sentences[0] for thing in ("jaundice", "headache")
    )
    assert invented.standing is restated.standing is Standing.RESTATED


def test_what_is_said_to_be_over_is_a_claim_beside_that_it_is_there(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]
) -> None:
    case = make_case("A woman has a rash and a history of gout.")
    text = "She has a rash and gout. Years ago, she had a rash. She has a history of gout."
    outcomes = [verdict(claim, case).outcome for claim in claims_of(make_rollout(case, text))]
    assert outcomes == [Outcome.MATCHED, Outcome.MATCHED, Outcome.UNSUPPORTED]

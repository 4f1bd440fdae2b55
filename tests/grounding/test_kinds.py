"""What follows from a kind of it, and what does not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reward_service.analysis.pipeline import Analyzer
from reward_service.grounding.case import Case
from reward_service.grounding.claims import claims_of
from reward_service.grounding.kinds import Kinds, read_kinds
from reward_service.grounding.rollout import Rollout
from reward_service.grounding.support import verdict
from reward_service.text.document import Polarity
from reward_service.wire.codes import Outcome

MakeCase = Callable[..., Case]
MakeRollout = Callable[[Case, str], Rollout]


def outcome_of(case_says: str, said: str, make_case: MakeCase, make_rollout: MakeRollout) -> str:
    case = make_case(f"A 40-year-old woman comes to the clinic. {case_says}")
    claims = claims_of(make_rollout(case, said))
    return " ".join(verdict(claim, case).outcome.value for claim in claims)


@pytest.mark.parametrize(
    ("case_says", "said", "outcome"),
    [
        ("She has epigastric pain.", "She has a bellyache.", Outcome.MATCHED),
        ("She has epigastric pain.", "She has no belly pain.", Outcome.CONTRADICTED),
        ("She has abdominal pain.", "She has epigastric pain.", Outcome.UNSUPPORTED),
        ("She has no abdominal pain.", "She has epigastric pain.", Outcome.CONTRADICTED),
        ("She has no cough.", "She has no productive cough.", Outcome.MATCHED),
        ("She fainted.", "She had lost consciousness at home.", Outcome.MATCHED),
        ("She takes warfarin.", "She takes a blood thinner.", Outcome.MATCHED),
        ("She takes warfarin.", "She takes no blood thinner.", Outcome.CONTRADICTED),
        ("She has dyspnea on exertion.", "Her mother is short of breath.", Outcome.CONTRADICTED),
        ("She has a rash.", "She has a cough.", Outcome.UNSUPPORTED),
    ],
)
def test_a_claim_follows_from_a_kind_of_it(
    case_says: str, said: str, outcome: Outcome, make_case: MakeCase, make_rollout: MakeRollout
) -> None:
    assert outcome_of(case_says, said, make_case, make_rollout) == outcome.value


def test_what_the_case_states_itself_goes_first(
    make_case: MakeCase, make_rollout: MakeRollout
) -> None:
    case_says = "She has blisters on her lip and no rash."
    said = "She has no rash."
    assert outcome_of(case_says, said, make_case, make_rollout) == Outcome.MATCHED.value


def test_one_step_is_taken(analyzer: Analyzer) -> None:
    lookup = analyzer.vocabulary.lookup
    kinds = Kinds(lookup)
    migraine, headache = str(lookup("migraine")), str(lookup("headache"))
    assert headache in kinds.follow(migraine, Polarity.PRESENT)
    assert migraine in kinds.follow(headache, Polarity.ABSENT)
    assert kinds.follow(headache, Polarity.PRESENT) == (lookup("pain"),)
    assert kinds.follow("no such concept", Polarity.PRESENT) == ()


def test_no_row_has_a_concept_as_a_kind_of_itself(analyzer: Analyzer) -> None:
    for general, *kinds in read_kinds():
        concepts = [analyzer.vocabulary.lookup(name) for name in kinds]
        assert analyzer.vocabulary.lookup(general) not in concepts, general


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(ValueError, match=r"kinds\.tsv"):
        Kinds(lambda _: None)

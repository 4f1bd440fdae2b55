"""Words of the case that are no terms, denied or with another number."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reward_service.grounding.case import Case
from reward_service.grounding.claims import claims_of
from reward_service.grounding.rollout import Rollout
from reward_service.grounding.support import verdict
from reward_service.wire.codes import Outcome

CASE = (
    "A 44-year-old potter has had trouble gripping for 2 months. The glaze contained 12 grams of "
    "manganese oxide. Electromyography shows a waxing discharge pattern in the thumb. Her blood "
    "pressure is 100/60 mm Hg. There is no "
    "mirror script. Which of the following is the most likely diagnosis?"
)
OPTIONS = {"A": "Writer's cramp", "B": "Manganism"}


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        ("Electromyography shows no waxing discharge in the thumb.", ["denied: waxing discharge"]),
        ("Her thumb is without any waxing discharge.", ["denied: waxing discharge"]),
        ("Electromyography shows a waxing discharge in the thumb.", []),
        ("There is no evidence of a waxing discharge.", ["denied: waxing discharge"]),
        ("There is no mirror script.", []),
        ("She has no high blood pressure.", []),  # a term, and another one than the case's
        ("There may be no waxing discharge.", []),
        ("If no waxing discharge were seen, one would ask again.", []),
        ("Manganism has no waxing discharge.", []),
        ("In her sister there is no waxing discharge.", []),
        ("Her glaze contained 30 grams of it.", []),  # a quantity that is known
    ],
)
def test_a_pair_of_words_that_the_case_affirms_is_no_longer_true_behind_no(
    make_case: Callable[..., Case],
    make_rollout: Callable[[Case, str], Rollout],
    text: str,
    subjects: list[str],
) -> None:
    case = make_case(CASE, options=OPTIONS)
    found = [c for c in claims_of(make_rollout(case, text)) if c.contrary is not None]
    assert [c.key.subject for c in found] == subjects
    assert all(verdict(claim, case).outcome is Outcome.CONTRADICTED for claim in found)


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        ("The patient had a beam of 25 Gy.", ["number: gy 25"]),
        ("The patient had a beam of 50 Gy.", []),
        ("The patient has cells with CD 44.", ["number: cd 44"]),
        ("The patient has cells with CD 15.", []),
        ("The patient had a beam of less than 60 Gy.", []),
        ("The patient had 2 sittings with the 50 Gy.", []),
        ("Such tumors are given 70 Gy.", []),
    ],
)
def test_another_number_beside_a_word_of_the_case_is_not_the_cases(
    make_case: Callable[..., Case],
    make_rollout: Callable[[Case, str], Rollout],
    text: str,
    subjects: list[str],
) -> None:
    case = make_case(
        "A 61-year-old man was given 50 Gy in 2 sittings. The cells showed CD 15 and CD 30. Which "
        "is the next step?"
    )
    found = [c for c in claims_of(make_rollout(case, text)) if c.contrary is not None]
    assert [c.key.subject for c in found] == subjects

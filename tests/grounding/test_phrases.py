"""Words of the case that are no terms, denied."""

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

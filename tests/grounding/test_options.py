"""Which options a completion weighs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reward_service.grounding.case import Case
from reward_service.grounding.options import OptionsConfig, weigh_options
from reward_service.grounding.rollout import Rollout

QUESTION = "A 20-year-old man has a sore throat and fever. What is the most likely cause?"
OPTIONS = {"A": "Epstein-Barr virus", "B": "Streptococcus pyogenes", "C": "Corynebacterium"}


@pytest.mark.parametrize(
    ("text", "credits"),
    [
        ("Option B is likely because pus covers the tonsils.", (0, 1, 0)),
        ("B) is wrong since the tonsils are not swollen.", (0, 1, 0)),
        ("Streptococcus would cause pus on the tonsils.", (0, 1, 0)),
        ("Epstein-Barr virus is less likely because the spleen is not felt.", (1, 0, 0)),
        ("Streptococcus and Corynebacterium do not enlarge the spleen.", (0, 0.5, 0.5)),
        ("Option B is unlikely because it is unlikely.", (0, 0, 0)),
        ("Streptococcus pyogenes.", (0, 0, 0)),
        ("The fever is high because of the infection.", (0, 0, 0)),
    ],
)
def test_a_weighed_option_has_a_name_and_a_reason(
    make_case: Callable[..., Case],
    make_rollout: Callable[[Case, str], Rollout],
    text: str,
    credits: tuple[float, ...],
) -> None:
    rollout = make_rollout(make_case(QUESTION, options=OPTIONS), text)
    weighings = weigh_options(rollout, OptionsConfig())
    assert tuple(w.credit for w in weighings) == credits


def test_a_reason_repeated_for_every_option_is_one_reason(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]
) -> None:
    text = " ".join(f"Option {k} is possible given the throat and tonsils." for k in "ABC")
    rollout = make_rollout(make_case(QUESTION, options=OPTIONS), text)
    assert sum(w.credit for w in weigh_options(rollout, OptionsConfig())) == pytest.approx(1.0)


def test_rejections_are_told_apart(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]
) -> None:
    text = (
        "Epstein-Barr virus explains the swollen spleen. "
        "Streptococcus is ruled out because the swab grew nothing."
    )
    rollout = make_rollout(make_case(QUESTION, options=OPTIONS), text)
    rejected = {w.letter: w.rejected for w in weigh_options(rollout, OptionsConfig())}
    assert rejected == {"A": False, "B": True, "C": False}

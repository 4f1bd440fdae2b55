"""The reward service can judge the world's text: perfect reasoning earns, each fault costs."""

from __future__ import annotations

import random
from collections.abc import Callable
from statistics import fmean

import pytest

from reward_service import Scorer, ScoreRequest
from trainer.world import PERFECT, Imperfection, World, build_world, sample_cases, write_reasoning
from trainer.world.vignette import item

Judge = Callable[[Imperfection], dict[str, float]]


@pytest.fixture(scope="module")
def judge(scorer: Scorer) -> Judge:
    """Mean scores of reasoning with some faults about 40 cases of the default world."""
    world: World = build_world()
    cases = sample_cases(world, "test", 40)

    def judged(faults: Imperfection) -> dict[str, float]:
        rng = random.Random(7)
        items = [
            {**item(world, case), "completions": [write_reasoning(world, case, rng, faults)]}
            for case in cases
        ]
        response = scorer.score(ScoreRequest.model_validate({"items": items})).model_dump()
        scores = [scored["scores"][0]["objectives"] for scored in response["items"]]
        return {name: fmean(score[name] for score in scores) for name in scores[0]}

    return judged


@pytest.fixture(scope="module")
def perfect(judge: Judge) -> dict[str, float]:
    return judge(PERFECT)


def test_perfect_reasoning_earns(perfect: dict[str, float]) -> None:
    assert perfect["accuracy"] == perfect["structure"] == 1.0
    assert perfect["faithfulness"] >= 0.9
    assert perfect["coverage"] >= 0.75


@pytest.mark.parametrize(
    ("fault", "objective", "loss"),
    [
        ("wrong_letter", "accuracy", 0.3),
        ("invent", "faithfulness", 0.08),
        ("flip", "faithfulness", 0.2),
        ("wrong_number", "faithfulness", 0.1),
        ("drop_finding", "coverage", 0.1),
        ("skip_option", "coverage", 0.15),
        ("bare", "coverage", 0.3),
    ],
)
def test_each_fault_lowers_its_objective(
    judge: Judge, perfect: dict[str, float], fault: str, objective: str, loss: float
) -> None:
    assert judge(Imperfection(**{fault: 0.5}))[objective] <= perfect[objective] - loss

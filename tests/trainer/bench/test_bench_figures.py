"""The benchmark's figures from times made by hand, and its inputs."""

from __future__ import annotations

import pytest

from trainer.bench.measure import client_items, step_figures
from trainer.bench.timed import StepTime
from trainer.world import build_world


def step(generation: float, update: float, waiting: float = 0.0) -> StepTime:
    return StepTime(
        generation=generation,
        reference=1.0,
        waiting=waiting,
        update=update,
        answer=0.5,
        rollouts=10,
        tokens=200,
    )


def test_medians_and_shares() -> None:
    figures = step_figures([step(2.0, 1.0), step(2.0, 3.0), step(5.0, 2.0, waiting=3.0)])
    assert figures["seconds"] == 6.0
    assert figures["parts"]["generation"] == {"seconds": 2.0, "share": 9 / 21}
    assert figures["parts"]["waiting"] == {"seconds": 0.0, "share": 3 / 21}
    assert sum(part["share"] for part in figures["parts"].values()) == pytest.approx(1.0)
    assert figures["rollouts_per_second"] == 30 / 21
    assert figures["tokens_per_rollout"] == 20.0
    assert figures["generated_tokens_per_second"] == 600 / 9


def test_the_client_gets_the_same_items_every_time() -> None:
    world = build_world(0)
    items = client_items(world, 3)
    assert items == client_items(world, 3)
    assert [len(item["completions"]) for item in items] == [5, 5, 5]  # type: ignore[arg-type]
    assert len({str(item["completions"]) for item in items}) == 3

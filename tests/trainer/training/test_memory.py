"""The memory estimate, added up by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from trainer.training.memory import Load, ModelShape, estimate

SHAPE = ModelShape(
    parameters=1_000, trained=1_000, layers=2, width=8, kv_heads=2, head_size=4, vocabulary=50
)
LOAD = Load(
    weight_bytes=4,
    batch=3,
    tokens=10,
    scored_tokens=6,
    generation_batch=5,
    optimizer="adamw_torch_fused",
    checkpointing=False,
    reference=True,
)


def test_every_part_by_hand() -> None:
    memory = estimate(SHAPE, LOAD)
    assert (memory.weights, memory.reference, memory.gradients) == (4_000, 4_000, 4_000)
    assert memory.optimizer == 8_000
    assert memory.kv_cache == 5 * 10 * (2 * 2 * 2 * 4 * 4)
    tile, head, hidden = 3 * 6 * 50 * 4, 50 * 8 * 4, 3 * 6 * 8 * 4
    assert memory.logits == tile + head + hidden
    assert memory.activations == 2 * (3 * 10 * 8) * 34
    assert memory.generation == 16_000 + memory.kv_cache + 5 * 50 * 4
    assert memory.training == 20_000 + memory.logits + memory.activations
    assert memory.peak == max(memory.generation, memory.training)


def test_adapters_train_few_weights_and_need_no_reference() -> None:
    memory = estimate(replace(SHAPE, trained=10), replace(LOAD, reference=False))
    assert (memory.gradients, memory.optimizer, memory.reference) == (40, 80, 0)
    assert memory.logits == 3 * 6 * 50 * 4 + 3 * 6 * 8 * 4, "the head has no gradient"


def test_recomputed_activations() -> None:
    memory = estimate(SHAPE, replace(LOAD, checkpointing=True))
    assert memory.activations == 2 * (3 * 10 * 8) * 2 + (3 * 10 * 8) * 34


@pytest.mark.parametrize(
    ("optimizer", "states"),
    [
        ("adamw_torch", 8_000),
        ("adamw_bnb_8bit", 2_000),
        ("paged_adamw_8bit", 2_000),
        ("sgd", 0),
        ("lion_32bit", 4_000),
        ("adafactor", 10),
    ],
)
def test_optimizers(optimizer: str, states: int) -> None:
    assert estimate(SHAPE, replace(LOAD, optimizer=optimizer)).optimizer == states

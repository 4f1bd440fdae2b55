"""The checkpoint that comes with the package belongs to the world that the code makes."""

from __future__ import annotations

from transformers import AutoConfig, AutoTokenizer

from trainer.world import build_world
from trainer.world.checkpoint import CHECKPOINT
from trainer.world.tokenizer import build_tokenizer


def test_its_tokens_are_those_of_the_world_of_seed_0() -> None:
    tokenizer = AutoTokenizer.from_pretrained(CHECKPOINT)
    assert tokenizer.get_vocab() == build_tokenizer(build_world(0)).get_vocab()
    assert AutoConfig.from_pretrained(CHECKPOINT).vocab_size == len(tokenizer)


def test_it_is_small_enough_to_come_along() -> None:
    assert sum(path.stat().st_size for path in CHECKPOINT.iterdir() if path.is_file()) < 4_000_000

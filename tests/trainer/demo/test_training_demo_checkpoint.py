"""The policy that comes with the package belongs to the world that is made at run time."""

from __future__ import annotations

import random

from transformers import AutoTokenizer

from trainer.world import build_world, sample_cases, write_reasoning
from trainer.world.checkpoint import CHECKPOINT
from trainer.world.tokenizer import build_tokenizer
from trainer.world.vignette import prompt


def test_it_knows_the_words_of_the_world_of_seed_0() -> None:
    world = build_world(0)
    tokenizer = AutoTokenizer.from_pretrained(CHECKPOINT)
    assert tokenizer.get_vocab() == build_tokenizer(world).get_vocab()
    case = sample_cases(world, "test", 1)[0]
    text = prompt(world, case) + write_reasoning(world, case, random.Random(0))
    assert tokenizer.unk_token_id not in tokenizer(text)["input_ids"]

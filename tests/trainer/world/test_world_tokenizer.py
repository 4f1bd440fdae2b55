"""The tokenizer: text comes back unchanged, names are one token wherever they stand."""

from __future__ import annotations

import random

import pytest
from transformers import PreTrainedTokenizerFast

from trainer.world import COLD_START, World, sample_cases, write_reasoning
from trainer.world.policy import build_policy
from trainer.world.tokenizer import END, build_tokenizer
from trainer.world.vignette import prompt


@pytest.fixture(scope="module")
def tokenizer(world: World) -> PreTrainedTokenizerFast:
    return build_tokenizer(world)


def test_prompts_and_completions_come_back_unchanged(
    world: World, tokenizer: PreTrainedTokenizerFast
) -> None:
    rng = random.Random(2)
    for case in sample_cases(world, "test", 150):
        question, reasoning = prompt(world, case), write_reasoning(world, case, rng, COLD_START)
        both = tokenizer.encode(question + reasoning)
        assert tokenizer.unk_token_id not in both
        assert tokenizer.decode(both) == question + reasoning
        assert both == tokenizer.encode(question) + tokenizer.encode(reasoning)
        assert len(tokenizer.encode(question)) < 60
        assert len(tokenizer.encode(reasoning)) < 100


def test_names_are_one_token_wherever_they_stand(
    world: World, tokenizer: PreTrainedTokenizerFast
) -> None:
    names = [finding.name for finding in world.findings.values()]
    names += [disease.name for disease in world.diseases]
    for name in names:
        assert len(tokenizer.encode(name)) == 1
        assert tokenizer.encode(name)[0] in tokenizer.encode(f"There is no {name}, so")


def test_other_text_is_split_into_characters(tokenizer: PreTrainedTokenizerFast) -> None:
    text = "An odd text: 1234 patients at 38.9 °C (never seen)!\n"
    assert tokenizer.decode(tokenizer.encode(text)) == text
    assert tokenizer.unk_token_id in tokenizer.encode("naïve")


def test_numbers_keep_their_value(tokenizer: PreTrainedTokenizerFast) -> None:
    tokens = tokenizer.convert_ids_to_tokens(tokenizer.encode("120/76"))
    assert tokens == ["120", "/", "76"]
    assert tokenizer.convert_ids_to_tokens(tokenizer.encode("38.9"))[:2] == ["38", ".9"]


def test_the_end_is_left_out_of_the_text(tokenizer: PreTrainedTokenizerFast) -> None:
    ids = tokenizer.encode("fever" + END)
    assert ids[-1] == tokenizer.eos_token_id
    assert tokenizer.decode(ids, skip_special_tokens=True) == "fever"


def test_a_seed_gives_the_same_policy(tokenizer: PreTrainedTokenizerFast) -> None:
    one, two = (build_policy(tokenizer, seed=1, hidden=16, layers=1, heads=2) for _ in range(2))
    assert all(a.equal(b) for a, b in zip(one.parameters(), two.parameters(), strict=True))
    assert one.config.vocab_size == len(tokenizer)

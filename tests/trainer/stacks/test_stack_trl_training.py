"""TRL's own GRPOTrainer, two steps on a tiny model, with the reward functions of trainer.stacks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from plugin_cases import ASKED, CASE, OPTIONS, RIGHT

pytest.importorskip("trl", reason="install the extra 'trainer'")

import torch
from datasets import Dataset
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from trl import GRPOConfig, GRPOTrainer

from trainer import RewardClient
from trainer.stacks.trl import reward_functions

# TRL 1.16 still uses the older name of transformers' activation checkpointing.
pytestmark = pytest.mark.filterwarnings(
    "ignore:.*gradient_checkpointing.* is deprecated:FutureWarning"
)


class CountingClient(RewardClient):
    """Counts calls."""

    def score(self, items: Any, **question: Any) -> Any:
        self.__dict__.setdefault("calls", []).append(len(items))
        return super().score(items, **question)


def tokenizer() -> PreTrainedTokenizerFast:
    words = sorted(set(f"{ASKED} {RIGHT}".split()))
    vocabulary = {word: i for i, word in enumerate(["<pad>", "<eos>", "<unk>", *words])}
    raw = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    raw.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(
        tokenizer_object=raw, pad_token="<pad>", eos_token="<eos>", unk_token="<unk>"
    )


def model(vocabulary: int) -> LlamaForCausalLM:
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=256,
        bos_token_id=None,
        eos_token_id=1,
        pad_token_id=0,
    )
    return LlamaForCausalLM(config)


def test_two_steps_with_one_call_a_batch(service_url: str, tmp_path: Path) -> None:
    torch.set_num_threads(1)
    words = tokenizer()
    client = CountingClient(service_url)
    rows = [{"prompt": ASKED, "question": CASE, "options": OPTIONS, "answer": "A"}] * 4
    names = ("accuracy", "faithfulness", "coverage")
    trainer = GRPOTrainer(
        model=model(len(words)),
        reward_funcs=reward_functions(names, client=client),
        args=GRPOConfig(
            output_dir=str(tmp_path),
            per_device_train_batch_size=4,
            num_generations=4,
            max_completion_length=12,
            max_steps=2,
            logging_steps=1,
            reward_weights=[10.0, 1.0, 1.0],
            learning_rate=1e-3,
            use_cpu=True,
            bf16=False,
            report_to=[],
            save_strategy="no",
            seed=0,
        ),
        train_dataset=Dataset.from_list(rows),
        processing_class=words,
    )
    before = {name: weight.clone() for name, weight in trainer.model.named_parameters()}
    trainer.train()
    client.close()
    logged = [entry for entry in trainer.state.log_history if "reward" in entry]
    assert len(logged) == 2
    for entry in logged:
        means = [entry[f"rewards/{name}/mean"] for name in names]
        assert all(0.0 <= mean <= 1.0 for mean in means)
        assert entry["reward"] == pytest.approx(10 * means[0] + means[1] + means[2], abs=1e-4)
    assert len(client.__dict__["calls"]) == 2
    assert sum(p.numel() for p in trainer.model.parameters()) < 20_000
    if any(entry["reward_std"] > 0 for entry in logged):
        after = dict(trainer.model.named_parameters())
        assert any(not torch.equal(after[name], weight) for name, weight in before.items())

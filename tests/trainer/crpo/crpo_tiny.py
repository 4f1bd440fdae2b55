"""A policy of a few thousand weights, its tokenizer, its rows, and a service made of rules."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import (
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
)

from trainer.client import CompletionScore, ScoredBatch, ScoredItem, ScorerIdentity
from trainer.client.wire import Limits, ObjectiveDescription, ServiceDescription
from trainer.crpo import CRPOConfig

WORDS = ("fever", "cough", "rash", "pain", "no", "yes", "so", "answer", "A", "B", "C", "D")
SCORER = ScorerIdentity(version="1", pipeline="rules", vocabulary="words", fingerprint="f-1")
OBJECTIVES = ("accuracy", "structure", "faithfulness", "coverage")


def save_model(folder: Path) -> str:
    """Writes tokenizer and a random Llama of about 9,000 weights; returns the folder."""
    vocabulary = {word: i for i, word in enumerate(("<pad>", "<eos>", "<unk>", *WORDS))}
    plain = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    plain.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=plain,
        pad_token="<pad>",
        eos_token="<eos>",
        unk_token="<unk>",
        padding_side="left",
    )
    tokenizer.chat_template = (
        "{% for message in messages %}{{ message['content'] }} {% endfor %}"
        "{% if add_generation_prompt %}so {% endif %}"
    )
    torch.manual_seed(7)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(vocabulary),
            hidden_size=16,
            intermediate_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            num_key_value_heads=2,
            max_position_embeddings=64,
            pad_token_id=0,
            eos_token_id=1,
            bos_token_id=None,
            tie_word_embeddings=False,
        )
    )
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return str(folder)


def rows(count: int, *, chat: bool = False) -> Dataset:
    """Rows as `crpo data` writes them; each prompt is different."""
    made = []
    for i in range(count):
        question = f"{WORDS[i % 4]} {WORDS[(i // 4) % 4]} {WORDS[(i // 16) % 4]}"
        item = {"id": f"q{i}", "question": question, "options": {"A": "x"}, "answer": "A"}
        prompt: Any = [{"role": "user", "content": question}] if chat else question
        made.append({"prompt": prompt, "item": json.dumps(item), "subject": "made up"})
    return Dataset.from_list(made)


def settings(folder: Path, **changes: Any) -> CRPOConfig:
    """A quick run of two groups of two rollouts a step."""
    values: dict[str, Any] = {
        "output_dir": str(folder / "checkpoints"),
        "run_dir": str(folder),
        "num_generations": 2,
        "per_device_train_batch_size": 4,
        "per_device_eval_batch_size": 4,
        "max_completion_length": 5,
        "learning_rate": 0.01,
        "max_steps": 2,
        "logging_steps": 1,
        "save_strategy": "no",
        "report_to": "none",
        "disable_tqdm": True,
        "gradient_checkpointing": False,
        "use_cpu": True,
        "seed": 3,
        "model_init_kwargs": {"dtype": "float32"},
    }
    return CRPOConfig(**values | changes)


def score_words(completion: str) -> dict[str, float | None]:
    """Rules that vary from rollout to rollout and depend on its text alone."""
    words = completion.split()
    return {
        "accuracy": float("A" in words),
        "structure": float(words[-1:] == ["A"]),
        "faithfulness": 1.0 - words.count("no") / max(len(words), 1),
        "coverage": len(set(words)) / 5,
    }


Rule = Callable[[int, str], CompletionScore | None]


class WordService:
    """A reward client that needs no service. `rule(call, text)` may replace a score."""

    def __init__(self, rule: Rule | None = None, *, fingerprints: Sequence[str] = ("f-1",)) -> None:
        self.calls: list[list[Mapping[str, Any]]] = []
        self.threads: set[str] = set()
        self._rule = rule
        self._fingerprints = fingerprints

    def describe(self) -> ServiceDescription:
        return ServiceDescription(
            objectives=tuple(
                ObjectiveDescription(name=name, default_weight=1.0, weight=1.0)
                for name in OBJECTIVES
            ),
            metrics={"words": "number of words"},
            abstentions={},
            limits=Limits(),
            scorer=self._identity(0),
        )

    def score(self, items: Sequence[Mapping[str, Any]]) -> ScoredBatch:
        call = len(self.calls)
        self.calls.append(list(items))
        self.threads.add(threading.current_thread().name)
        scored = tuple(
            ScoredItem(item.get("id"), tuple(self._score(call, c) for c in item["completions"]))
            for item in items
        )
        failed = sum(s.failure is not None for item in scored for s in item.scores)
        return ScoredBatch(scored, scorer=self._identity(call), failed=failed, seconds=0.0)

    def _identity(self, call: int) -> ScorerIdentity:
        fingerprint = self._fingerprints[min(call, len(self._fingerprints) - 1)]
        return ScorerIdentity("1", "rules", "words", fingerprint)

    def _score(self, call: int, completion: Any) -> CompletionScore:
        text = completion if isinstance(completion, str) else completion[-1]["content"]
        replaced = self._rule(call, text) if self._rule else None
        if replaced is not None:
            return replaced
        return CompletionScore(
            objectives=score_words(text),
            abstentions={},
            reward=None,
            metrics={"words": float(len(text.split()))},
        )


FAILED = CompletionScore(
    objectives=dict.fromkeys(OBJECTIVES),
    abstentions={},
    reward=None,
    metrics={"words": None},
    failure="unavailable: no answer",
)

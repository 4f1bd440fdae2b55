"""A policy of a few thousand weights, a scorer without a service, and three questions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from trainer.client import (
    CompletionScore,
    Limits,
    ScoredBatch,
    ScoredItem,
    ScorerIdentity,
    ServiceDescription,
)
from trainer.evaluation import Question

WORDS = ("<pad>", "<end>", "<unknown>", "fever", "cough", "rash", "no", "wait", "A", "B", ".", ":")

SCORER = ScorerIdentity("1", "rules", "words", "f1")


class StubClient:
    """Scores by words: `accuracy` is whether "A" stands in it, `faithfulness` that of "fever"."""

    def __init__(self, scorer: ScorerIdentity = SCORER) -> None:
        self.scorer = scorer
        self.scored = 0

    def __enter__(self) -> StubClient:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def describe(self) -> ServiceDescription:
        return ServiceDescription((), {}, {}, Limits(), self.scorer)

    def score(
        self, items: Sequence[Mapping[str, Any]], *, objectives: Sequence[str] | None = None
    ) -> ScoredBatch:
        scored = tuple(
            ScoredItem(item["id"], tuple(map(self._score, item["completions"]))) for item in items
        )
        self.scored += sum(len(item.scores) for item in scored)
        failed = sum(score.failure is not None for item in scored for score in item.scores)
        return ScoredBatch(scored, self.scorer, failed, 0.0)

    def _score(self, text: str) -> CompletionScore:
        metrics: dict[str, float | None] = {
            "evidence_density": 2.0,
            "distractor_rejection": 0.5,
            "hallucination_rate": None,
            "words": float(len(text.split())),
        }
        if "broken" in text:
            return CompletionScore(
                {"accuracy": None, "faithfulness": None},
                {},
                None,
                dict.fromkeys(metrics),
                failure="timeout: the service took too long",
            )
        accuracy = float("A" in text.split())
        faithful = None if "rash" in text else float("fever" in text)
        return CompletionScore(
            {"accuracy": accuracy, "faithfulness": faithful},
            {} if faithful is not None else {"faithfulness": "no_findings_in_case"},
            10 * accuracy + (faithful or 0.0),
            metrics,
        )


def rows() -> list[dict[str, Any]]:
    """Rows of a test set."""
    found = []
    for id, prompt in (("q1", "fever cough :"), ("q2", "no rash . fever :"), ("q3", "cough :")):
        item = {"id": id, "question": prompt, "options": dict(A="x", B="y", C="z"), "answer": "A"}
        found.append({"prompt": prompt, "item": json.dumps(item)})
    return found


def questions() -> tuple[Question, ...]:
    from trainer.evaluation import read_questions

    return read_questions(rows())


def write_rows(path: Path) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows()), encoding="utf-8")
    return path


def save_policy(folder: Path, *, seed: int = 0, template: bool = False) -> Path:
    """A random Llama over WORDS with its tokenizer."""
    import torch
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import WhitespaceSplit
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    torch.set_num_threads(1)
    words = Tokenizer(WordLevel({w: i for i, w in enumerate(WORDS)}, unk_token="<unknown>"))
    words.pre_tokenizer = WhitespaceSplit()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=words, pad_token="<pad>", eos_token="<end>", unk_token="<unknown>"
    )
    if template:
        tokenizer.chat_template = (
            "{% for m in messages %}{{ m.role }} : {{ m.content }} {% endfor %}"
            "{% if add_generation_prompt %}A :{% endif %}"
        )
    config = LlamaConfig(
        vocab_size=len(WORDS),
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=64,
        initializer_range=1.0,
        bos_token_id=None,
        eos_token_id=1,
        pad_token_id=0,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = LlamaForCausalLM(config)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder

"""Completions of a causal language model, a batch of questions at a time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from trainer.evaluation.completions import Completion, message_text
from trainer.evaluation.errors import EvaluationError
from trainer.evaluation.questions import Question

if TYPE_CHECKING:
    import torch

Dtype = Literal["auto", "float32", "bfloat16", "float16"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How completions are drawn. Everything that they depend on besides policy and question.

    max_new_tokens: limit of a completion, in tokens.
    temperature: 0 is greedy (then one sample a question).
    top_p: share of the probability that is kept when sampling, above 0 to 1.
    samples: completions of each question.
    batch_size: questions generated for together, each with all its samples.
    seed: of the sampling; each batch has its own stream, so that a resumed run draws the same.
    """

    max_new_tokens: int = 1024
    temperature: float = 0.0
    top_p: float = 1.0
    samples: int = 1
    batch_size: int = 8
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("max_new_tokens", "samples", "batch_size"):
            if getattr(self, name) < 1:
                raise EvaluationError(f"{name}: expected at least 1, got {getattr(self, name)}")
        if not (math.isfinite(self.temperature) and self.temperature >= 0.0):
            raise EvaluationError(f"temperature: expected a number from 0, got {self.temperature}")
        if not 0.0 < self.top_p <= 1.0:
            raise EvaluationError(f"top_p: expected above 0 to 1, got {self.top_p}")
        if self.temperature == 0.0 and self.samples > 1:
            raise EvaluationError(
                "samples: greedy decoding gives the same completion every time; set a temperature "
                "above 0 or ask for one sample"
            )
        if not 0 <= self.seed < 2**32:
            raise EvaluationError(f"seed: expected 0 to 2**32 - 1, got {self.seed}")


@dataclass(frozen=True, slots=True)
class Policy:
    """A loaded model with its tokenizer, ready to generate."""

    model: Any
    tokenizer: Any

    @property
    def device(self) -> torch.device:
        device: torch.device = self.model.device
        return device


def load_policy(path: str, *, device: str = "auto", dtype: Dtype = "auto") -> Policy:
    """The model (or adapter on its base model) of a folder or of the hub.

    `device` auto is the first GPU, else the CPU; `dtype` auto is that of the weights, on a CPU
    float32. Raises EvaluationError when it cannot be loaded.
    """
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    place = ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device
    kind = "float32" if dtype == "auto" and place == "cpu" else dtype
    try:
        tokenizer = AutoTokenizer.from_pretrained(path)
        model: Any = AutoModelForCausalLM.from_pretrained(path, dtype=kind)
        model = model.to(place).eval()
    except (OSError, ValueError, RuntimeError, ImportError) as error:
        raise EvaluationError(f"{path}: the policy cannot be loaded: {error}") from error
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    return Policy(model, tokenizer)


def check_lengths(policy: Policy, questions: Sequence[Question], sampling: Sampling) -> None:
    """Raises EvaluationError for a prompt that leaves no room for `max_new_tokens`."""
    limit = getattr(policy.model.config, "max_position_embeddings", None)
    if limit is None:
        return
    for question in questions:
        tokens = len(_encode(policy.tokenizer, [question])["input_ids"][0])
        if tokens + sampling.max_new_tokens > limit:
            raise EvaluationError(
                f"question {question.id!r}: its prompt has {tokens} tokens, and with "
                f"{sampling.max_new_tokens} new ones it passes the model's limit of {limit}; "
                f"lower max_new_tokens"
            )


def generate(
    policy: Policy, questions: Sequence[Question], sampling: Sampling, *, batch: int
) -> list[Completion]:
    """Completions of one batch of questions, all samples of the first one first.

    `batch` is the number of the batch: with the seed it decides what is sampled. The state of
    torch's generators is left as it was.
    """
    import torch
    from transformers import GenerationConfig

    encoded = _encode(policy.tokenizer, questions, return_tensors="pt").to(policy.device)
    ends = _end_tokens(policy)
    greedy = sampling.temperature == 0.0
    config = GenerationConfig(  # type: ignore[no-untyped-call]
        max_new_tokens=sampling.max_new_tokens,
        do_sample=not greedy,
        num_return_sequences=sampling.samples,
        # Set, so that a model's own defaults (top_k, repetition_penalty …) do not come in.
        temperature=1.0 if greedy else sampling.temperature,
        top_p=1.0 if greedy else sampling.top_p,
        top_k=0 if not greedy else 50,
        repetition_penalty=1.0,
        eos_token_id=ends,
        pad_token_id=policy.tokenizer.pad_token_id,
    )
    devices = [policy.device] if policy.device.type == "cuda" else []
    with torch.random.fork_rng(devices=devices), torch.inference_mode():
        torch.manual_seed(_stream(sampling.seed, batch))
        sequences = policy.model.generate(**encoded, generation_config=config)
    width = encoded["input_ids"].shape[1]
    return [
        _completion(policy, questions[i // sampling.samples].id, i % sampling.samples, ids, ends)
        for i, ids in enumerate(sequences[:, width:].tolist())
    ]


def _stream(seed: int, batch: int) -> int:
    """A seed of 32 bits for each pair: torch's generator on a CPU takes no more of them."""
    return int(np.random.SeedSequence([seed, batch]).generate_state(1)[0])


def _completion(
    policy: Policy, id: str, sample: int, ids: list[int], ends: Sequence[int]
) -> Completion:
    """Up to and with the first end token, which counts as one."""
    stop = next((place for place, token in enumerate(ids) if token in ends), None)
    kept = ids if stop is None else ids[: stop + 1]
    text = policy.tokenizer.decode(kept, skip_special_tokens=True)
    return Completion(id, sample, text, tokens=len(kept), truncated=stop is None)


def _encode(tokenizer: Any, questions: Sequence[Question], **options: Any) -> Any:
    """Left-padded ids. Chat prompts go through the tokenizer's template, where it has one."""
    texts = []
    templated = False
    for question in questions:
        prompt = question.prompt
        if isinstance(prompt, str):
            texts.append(prompt)
        elif tokenizer.chat_template is None:
            texts.append(message_text(prompt))
        else:
            templated = True
            texts.append(
                tokenizer.apply_chat_template(prompt, tokenize=False, add_generation_prompt=True)
            )
    return tokenizer(
        texts,
        padding=True,
        padding_side="left",
        add_special_tokens=not templated,  # a template writes its own
        return_token_type_ids=False,
        **options,
    )


def _end_tokens(policy: Policy) -> list[int]:
    """Every token that ends a completion: the tokenizer's, and those the model names."""
    named = policy.model.generation_config.eos_token_id
    several = named if isinstance(named, list) else [named]
    tokens = {token for token in (*several, policy.tokenizer.eos_token_id) if token is not None}
    if not tokens:
        raise EvaluationError("neither the model nor its tokenizer names a token that ends a text")
    return sorted(tokens)

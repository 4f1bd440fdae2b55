"""Generation with a model of a few thousand weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from evaluation_helpers import questions, save_policy

from trainer.evaluation import EvaluationError, Question, Sampling
from trainer.evaluation.generation import Policy, check_lengths, generate, load_policy


@pytest.fixture(scope="module")
def policy(policy_folder: Path) -> Policy:
    return load_policy(str(policy_folder), device="cpu")


def test_padding_does_not_change_greedy_completions(policy: Policy) -> None:
    sampling = Sampling(max_new_tokens=12)
    together = generate(policy, questions(), sampling, batch=0)
    alone = [generate(policy, [question], sampling, batch=0)[0] for question in questions()]
    assert together == alone
    assert [completion.id for completion in together] == ["q1", "q2", "q3"]


def test_sampling_is_decided_by_seed_and_batch(policy: Policy) -> None:
    def texts(seed: int, batch: int) -> list[str]:
        sampling = Sampling(max_new_tokens=12, temperature=1.5, samples=3, seed=seed)
        return [c.text for c in generate(policy, questions(), sampling, batch=batch)]

    first = texts(0, 0)
    assert len(first) == 9 and len(set(first)) > 3
    assert texts(0, 0) == first
    assert texts(1, 0) != first != texts(0, 1)


def test_samples_stand_together_and_are_numbered(policy: Policy) -> None:
    sampling = Sampling(max_new_tokens=4, temperature=1.0, samples=2)
    found = generate(policy, questions(), sampling, batch=0)
    assert [(c.id, c.sample) for c in found] == [
        (id, sample) for id in ("q1", "q2", "q3") for sample in (0, 1)
    ]


def test_torchs_random_state_is_left_alone(policy: Policy) -> None:
    import torch

    state = torch.random.get_rng_state()
    generate(policy, questions(), Sampling(max_new_tokens=4, temperature=1.0), batch=0)
    assert torch.equal(torch.random.get_rng_state(), state)


def test_truncated_and_finished_completions(policy: Policy) -> None:
    sampling = Sampling(max_new_tokens=30, temperature=2.0, samples=20)
    found = generate(policy, questions()[:1], sampling, batch=0)
    finished = [c for c in found if not c.truncated]
    assert finished and any(c.truncated for c in found)
    for completion in found:
        assert completion.tokens is not None
        assert (completion.tokens == 30) or not completion.truncated
        assert "<end>" not in completion.text and "<pad>" not in completion.text


def test_chat_prompts_go_through_the_template(tmp_path: Path, policy: Policy) -> None:
    from trainer.evaluation.generation import _encode

    chat = [{"role": "no", "content": "fever"}]
    question = Question("q", chat, {"id": "q"})
    plain = policy.tokenizer.decode(_encode(policy.tokenizer, [question])["input_ids"][0])
    assert plain == "fever"
    templated = load_policy(str(save_policy(tmp_path, template=True)), device="cpu").tokenizer
    shown = templated.decode(_encode(templated, [question])["input_ids"][0])
    assert shown == "no : fever A :"


def test_a_prompt_without_room_is_named(policy: Policy) -> None:
    check_lengths(policy, questions(), Sampling(max_new_tokens=50))
    with pytest.raises(
        EvaluationError, match="question 'q1': its prompt has 3 tokens, and with 62"
    ):
        check_lengths(policy, questions(), Sampling(max_new_tokens=62))


def test_a_policy_that_cannot_be_loaded(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(EvaluationError, match="the policy cannot be loaded"):
        load_policy(str(tmp_path))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"samples": 2}, "greedy decoding gives the same completion every time"),
        ({"max_new_tokens": 0}, "max_new_tokens: expected at least 1"),
        ({"temperature": -1.0}, "temperature: expected a number from 0"),
        ({"top_p": 0.0}, "top_p: expected above 0 to 1"),
        ({"seed": -1}, "seed: expected"),
    ],
)
def test_settings_out_of_range(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(EvaluationError, match=message):
        Sampling(**settings)

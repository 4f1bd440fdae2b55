"""One process, from rows to weights: what the service is asked, what is learned and kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import crpo_tiny
import numpy as np
import pyarrow.parquet as pq
import pytest
import torch
from crpo_tiny import WordService
from datasets import Dataset
from peft import LoraConfig

from trainer.advantages import group_advantages
from trainer.crpo import CRPOTrainer, RowError

Make = Callable[..., CRPOTrainer]
LEARNED = ("accuracy", "faithfulness", "coverage")


def _metrics(run: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]


def _rollouts(run: Path, step: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(
        run / "completions" / f"step-{step:06d}.parquet"
    ).to_pylist()
    return rows


def test_one_call_for_each_generation_with_whole_groups(make_trainer: Make) -> None:
    service = WordService()
    make_trainer(service).train()
    assert len(service.calls) == 2
    for items in service.calls:
        assert [len(item["completions"]) for item in items] == [2, 2]
        assert all(item["answer"] == "A" and item["options"] == {"A": "x"} for item in items)
    assert service.threads == {"rewards_0"}, "rewards are fetched beside the training thread"


def test_kept_rollouts_have_our_advantages(make_trainer: Make, tmp_path: Path) -> None:
    trainer = make_trainer(advantage_method="gdpo")
    trainer.train()
    for step in (1, 2):
        rows = _rollouts(tmp_path / "run", step)
        assert [(row["group"], row["rollout"]) for row in rows] == [(0, 0), (0, 1), (1, 0), (1, 1)]
        assert {row["step"] for row in rows} == {step}
        rewards_NK = np.array([[row[name] for name in LEARNED] for row in rows])
        expected = group_advantages(rewards_NK, 2, method="gdpo", weights=(10, 1, 1))
        assert [row["advantage"] for row in rows] == expected.tolist()
        for row in rows:
            scores = crpo_tiny.score_words(row["completion"])
            assert {name: row[name] for name in scores} == scores
            assert row["reward"] == pytest.approx(rewards_NK[rows.index(row)] @ [10, 1, 1])
            assert row["metric_words"] == len(row["completion"].split())
            assert json.loads(row["item"])["id"] == row["id"]
            assert row["failure"] is None and row["abstentions"] == "{}"
            assert 1 <= row["completion_tokens"] <= 5


def test_the_loss_uses_our_advantages(make_trainer: Make, monkeypatch: Any) -> None:
    trainer = make_trainer(max_steps=1, advantage_method="grpo")
    seen: list[Any] = []
    compute_loss = trainer._compute_loss

    def watch(model: Any, inputs: Any) -> Any:
        seen.append(inputs)
        return compute_loss(model, inputs)

    monkeypatch.setattr(trainer, "_compute_loss", watch)
    trainer.train()
    # TRL shuffles the rollouts of a generation batch before it trains on them.
    learned = sorted(seen[0]["advantages"].tolist())
    assert learned == pytest.approx(sorted(trainer._logs["advantages"]))
    kept = _rollouts(Path(trainer.args.run_dir or ""), 1)
    accuracy_NK = np.array([[row["accuracy"]] for row in kept])
    assert learned == pytest.approx(sorted(group_advantages(accuracy_NK, 2, method="grpo")))


def test_telemetry_reaches_the_log(make_trainer: Make, tmp_path: Path) -> None:
    trainer = make_trainer()
    trainer.train()
    first = _metrics(tmp_path / "run")[0]
    rows = _rollouts(tmp_path / "run", 1)
    for name in crpo_tiny.OBJECTIVES:
        values = [row[name] for row in rows]
        assert first[f"objectives/{name}/mean"] == pytest.approx(np.mean(values))
        assert first[f"objectives/{name}/std"] == pytest.approx(np.std(values, ddof=1))
        assert first[f"objectives/{name}/abstained"] == 0.0
        assert 0.0 <= first[f"objectives/{name}/zero_variance_groups"] <= 1.0
    advantages = np.array([row["advantage"] for row in rows])
    assert first["advantages/abs_mean"] == pytest.approx(np.abs(advantages).mean())
    assert first["frac_reward_zero_std"] == first["advantages/zero_variance_groups"]
    assert first["reward"] == pytest.approx(np.mean([row["reward"] for row in rows]), rel=1e-5)
    assert first["metrics/words/mean"] == np.mean([row["metric_words"] for row in rows])
    assert first["reward/failed_share"] == 0.0
    assert 0.0 <= first["reward/wait_share"] <= 1.0
    assert first["reward/wait_seconds"] >= 0.0 and first["reward/request_seconds"] >= 0.0
    assert {"kl", "loss", "completions/mean_length"} <= set(first)
    assert [entry["step"] for entry in trainer.state.log_history[:2]] == [1, 2]
    assert "objectives/accuracy/mean" in trainer.state.log_history[0], "what TRL's loggers get"


def test_the_run_is_recorded(make_trainer: Make, tmp_path: Path, policy: str) -> None:
    run = tmp_path / "run"
    run.mkdir()
    (run / "run.json").write_text('{"name": "mine"}')
    make_trainer(max_steps=1).train()
    record = json.loads((run / "run.json").read_text())
    assert record["name"] == "mine", "fields of others stay"
    assert record["scorer"]["fingerprint"] == "f-1" and record["scorers"][0]["step"] == 0
    assert record["method"] == "crpo" and record["weights"] == [10.0, 1.0, 1.0]
    assert record["model"] == policy and record["packages"]["trl"].startswith("1.")
    assert not list(run.rglob("*.part")), "nothing half-written stays"


def test_evaluation_inside_training(make_trainer: Make, tmp_path: Path) -> None:
    service = WordService()
    make_trainer(
        service, eval_dataset=crpo_tiny.rows(3), eval_strategy="steps", eval_steps=1
    ).train()
    lines = _metrics(tmp_path / "run")
    evaluated = [line for line in lines if "eval_objectives/accuracy/mean" in line]
    assert [line["step"] for line in evaluated] == [1, 2]
    assert all("eval_reward/failed_share" in line for line in evaluated)
    kept = pq.read_table(tmp_path / "run" / "completions" / "eval" / "step-000001.parquet")
    assert sorted(kept["id"].to_pylist()) == ["q0", "q0", "q1", "q1", "q2", "q2"]
    assert kept["group"].to_pylist() == [0, 0, 1, 1, 2, 2]


def test_several_evaluation_sets(make_trainer: Make, tmp_path: Path) -> None:
    sets = {"easy": crpo_tiny.rows(2), "hard": crpo_tiny.rows(4)}
    make_trainer(eval_dataset=sets).evaluate()
    folder = tmp_path / "run" / "completions"
    kept = {path.parent.name: pq.read_table(path).num_rows for path in folder.rglob("*.parquet")}
    assert kept == {"eval_easy": 4, "eval_hard": 8}


def test_evaluation_with_one_rollout_a_prompt(make_trainer: Make) -> None:
    trainer = make_trainer(eval_dataset=crpo_tiny.rows(4), num_generations_eval=1)
    found = trainer.evaluate()
    assert found["eval_objectives/accuracy/mean"] is not None
    assert found["eval_advantages/zero_variance_groups"] == 1.0, "a group of one has no advantage"
    trainer.train()  # an evaluation beforehand is no earlier run


def test_trl_prints_its_table(make_trainer: Make, capsys: pytest.CaptureFixture[str]) -> None:
    make_trainer(max_steps=1, log_completions=True).train()
    printed = capsys.readouterr().out
    assert "accuracy" in printed and "Advantage" in printed


def test_chat_prompts(make_trainer: Make, tmp_path: Path) -> None:
    service = WordService()
    make_trainer(service, train_dataset=crpo_tiny.rows(8, chat=True), max_steps=1).train()
    message = service.calls[0][0]["completions"][0][0]
    assert message["role"] == "assistant"
    row = _rollouts(tmp_path / "run", 1)[0]
    assert row["prompt"] == json.loads(row["item"])["question"]
    assert row["completion"] == message["content"]


def test_several_generations_in_a_step_have_one_file(make_trainer: Make, tmp_path: Path) -> None:
    make_trainer(max_steps=1, gradient_accumulation_steps=2, steps_per_generation=1).train()
    rows = _rollouts(tmp_path / "run", 1)
    assert [row["group"] for row in rows] == [0, 0, 1, 1, 2, 2, 3, 3]


def test_lora(make_trainer: Make) -> None:
    adapters = LoraConfig(r=2, target_modules=["q_proj", "v_proj"])
    trainer = make_trainer(peft_config=adapters, beta=0.1)
    before = {name: p.detach().clone() for name, p in trainer.model.named_parameters()}
    trainer.train()
    changed = {n for n, p in trainer.model.named_parameters() if not torch.equal(p, before[n])}
    assert changed and all("lora_" in name for name in changed)


def test_without_kept_completions(make_trainer: Make, tmp_path: Path) -> None:
    make_trainer(max_steps=1, keep_completions=False).train()
    assert not (tmp_path / "run" / "completions").exists()
    assert len(_metrics(tmp_path / "run")) == 1


@pytest.mark.parametrize(
    ("method", "options"),
    [
        ("crpo", {"scale_rewards": "none"}),
        ("crpo", {"leave_one_out": True, "scale_rewards": "batch"}),
        ("gated", {"process_weight": 0.5}),
        ("corr", {"whiten_advantages": False}),
    ],
)
def test_options_reach_the_advantages(
    make_trainer: Make, tmp_path: Path, method: Any, options: dict[str, Any]
) -> None:
    make_trainer(max_steps=1, advantage_method=method, **options).train()
    rows = _rollouts(tmp_path / "run", 1)
    rewards_NK = np.array([[row[name] for name in LEARNED] for row in rows])
    named = {{"whiten_advantages": "whiten"}.get(k, k): v for k, v in options.items()}
    expected = group_advantages(rewards_NK, 2, method=method, weights=(10, 1, 1), **named)
    assert [row["advantage"] for row in rows] == expected.tolist()


def test_a_streamed_data_set(make_trainer: Make, tmp_path: Path) -> None:
    make_trainer(train_dataset=crpo_tiny.rows(8).to_iterable_dataset()).train()
    assert [line["step"] for line in _metrics(tmp_path / "run")] == [1, 2]


def test_a_bad_row_of_a_stream_is_found_when_it_is_read(make_trainer: Make) -> None:
    bad = Dataset.from_list([{"prompt": "no", "item": "{"}] * 4)
    with pytest.raises(RowError, match="a row of the data set: column `item` is not JSON"):
        make_trainer(train_dataset=bad.to_iterable_dataset()).train()

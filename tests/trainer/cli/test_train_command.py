"""`crpo train`: plan, run, refuse, go on; cold start and CRPO, all with a tiny policy."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import score_server
from typer.testing import CliRunner

from trainer.cli.app import app

CONFIG = """\
name: small
stage: {stage}
output: run
model: {{path: {policy}}}
data: {{train: rows.jsonl, test: rows.jsonl}}
reward: {{url: "{service}"}}
training:
  use_cpu: true
  max_steps: 2
  per_device_train_batch_size: {batch}
  {length}
  learning_rate: 1e-2
  logging_steps: 1
  save_steps: 1
  report_to: none
  disable_tqdm: true
"""


@pytest.fixture
def config(tmp_path: Path, policy: Path, service: str):
    words = ("fever", "cough", "rash", "pain")
    rows = [
        {
            "prompt": f"{words[i % 4]} {words[i // 4]}",
            "item": json.dumps(
                {"id": f"q{i}", "question": "Why?", "options": {"A": "x", "B": "y"}, "answer": "A"}
            ),
            "completion": "fever so \\boxed{A}",
        }
        for i in range(8)
    ]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (tmp_path / "rows.jsonl").write_text(text, encoding="utf-8")

    def write(stage: str = "crpo", url: str | None = None) -> Path:
        path = tmp_path / f"{stage}.yaml"
        lengths = {
            "crpo": "num_generations: 2\n  max_completion_length: 5",
            "cold_start": "max_length: 32\n  bf16: false",
        }
        path.write_text(
            CONFIG.format(
                stage=stage,
                policy=policy,
                service=url or service,
                batch=4,
                length=lengths[stage],
            ),
            encoding="utf-8",
        )
        return path

    return write


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def steps(folder: Path) -> list[int]:
    lines = (folder / "metrics.jsonl").read_text().splitlines()
    return [json.loads(line)["step"] for line in lines]


def test_a_dry_run_plans_and_scores_and_writes_nothing(
    runner: CliRunner, config, tmp_path: Path
) -> None:
    result = runner.invoke(app, ["train", str(config()), "--dry-run"])
    assert result.exit_code == 0, result.output
    for part in ("2 of 2 prompts", "8 generated and scored", "KV cache", "peak while training"):
        assert part in result.stdout
    assert "fingerprint f-1" in result.stdout
    assert "A (key)" in result.stdout and "B (not the key)" in result.stdout
    assert "warning" not in result.stdout
    assert not (tmp_path / "run").exists()


def test_a_dry_run_warns_when_the_key_earns_nothing(
    runner: CliRunner, config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(score_server, "BOX", "answer={}")
    result = runner.invoke(app, ["train", str(config()), "--dry-run"])
    assert result.exit_code == 0, result.output
    assert "warning: q0: the answer A should get accuracy 1" in result.stdout


def test_crpo_trains_and_goes_on(runner: CliRunner, config, tmp_path: Path) -> None:
    path, run = str(config()), tmp_path / "run"
    result = runner.invoke(app, ["train", path])
    assert result.exit_code == 0, result.output
    assert files(run) == {
        "checkpoints",
        "completions",
        "config.yaml",
        "metrics.jsonl",
        "model",
        "run.json",
    }
    record = json.loads((run / "run.json").read_text())
    assert (record["name"], record["stage"], record["method"]) == ("small", "crpo", "crpo")
    assert record["scorer"]["fingerprint"] == "f-1"
    assert steps(run) == [1, 2]

    refused = runner.invoke(app, ["train", path])
    assert refused.exit_code == 2
    assert "is not empty; --resume goes on" in refused.stderr
    changed = runner.invoke(app, ["train", path, "--resume", "seed=5", "reward.method=grpo"])
    assert changed.exit_code == 2
    assert "reward.method: 'crpo' → 'grpo'\n  seed: 0 → 5" in changed.stderr

    result = runner.invoke(app, ["train", path, "training.max_steps=3", "--resume"])
    assert result.exit_code == 0, result.output
    assert steps(run) == [1, 2, 3]


def test_a_cold_start_needs_no_service(runner: CliRunner, config, tmp_path: Path) -> None:
    path, run = str(config("cold_start", url="http://127.0.0.1:9")), tmp_path / "run"
    planned = runner.invoke(app, ["train", path, "--dry-run"])
    assert planned.exit_code == 0, planned.output
    result = runner.invoke(app, ["train", path, "model.lora={r: 2}"])
    assert result.exit_code == 0, result.output
    assert steps(run) == [1, 2]
    assert "adapter_config.json" in files(run / "model")
    assert json.loads((run / "run.json").read_text())["stage"] == "cold_start"


def test_without_a_service_it_says_how_to_start_one(
    runner: CliRunner, config, tmp_path: Path
) -> None:
    result = runner.invoke(app, ["train", str(config(url="http://127.0.0.1:9"))])
    assert result.exit_code == 2
    assert "http://127.0.0.1:9 does not answer" in result.stderr
    assert "clinical-reward serve" in result.stderr
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("model.path=./none", "is not the folder of a model"),
        ("reward.fingerprint=f-2", "f-2"),
        ("reward.key_env=CRPO_NO_SUCH_KEY", "CRPO_NO_SUCH_KEY is not set"),
        ("training.num_generations=3", "must be divisible by num_generations (3)"),
        ("data.train=./none.jsonl", "none.jsonl: no such file"),
        ("data.max_prompt_tokens=1", "no row keeps 1; the shortest prompt has 2"),
        ("training.max_stpes=1", "did you mean max_steps?"),
    ],
)
@pytest.mark.parametrize("dry", [True, False])
def test_what_cannot_be_carried_out_leaves_no_folder(
    runner: CliRunner, config, tmp_path: Path, override: str, expected: str, dry: bool
) -> None:
    options = ["--dry-run"] if dry else []
    result = runner.invoke(app, ["train", str(config()), override, *options])
    assert result.exit_code == 2, result.output
    assert expected in result.stderr
    assert not (tmp_path / "run").exists()


def test_resume_needs_a_run_and_a_checkpoint(runner: CliRunner, config, tmp_path: Path) -> None:
    path, run = str(config()), tmp_path / "run"
    result = runner.invoke(app, ["train", path, "--resume"])
    assert "holds no run to go on with" in result.stderr
    assert runner.invoke(app, ["train", path, "training.save_strategy=no"]).exit_code == 0
    result = runner.invoke(app, ["train", path, "--resume", "training.save_strategy=no"])
    assert result.exit_code == 2
    assert "has no complete checkpoint to go on from" in result.stderr
    assert steps(run) == [1, 2]

"""A run's configuration: read, overridden, and refused with words that help."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from trainer.config import ConfigError, dump_config, load_config

GOOD = """\
name: small
output: ../runs/small
model: {path: ./start, dtype: float32}
data: {train: rows.jsonl}
reward: {weights: [10, 1, 0.5]}
training: {max_steps: 10, learning_rate: 1e-6, report_to: none}
"""


@pytest.fixture
def write(tmp_path: Path):
    def write(text: str = GOOD) -> Path:
        path = tmp_path / "configs" / "run.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


def mistakes(path: Path, *overrides: str) -> list[str]:
    with pytest.raises(ConfigError) as error:
        load_config(path, overrides)
    return [line.replace(f"{path}: ", "") for line in str(error.value).splitlines()]


def test_defaults_and_paths(write, tmp_path: Path) -> None:
    config = load_config(write())
    assert (config.stage, config.seed, config.reward.method) == ("crpo", 0, "crpo")
    assert config.output == tmp_path / "runs" / "small"
    assert config.data.train == tmp_path / "configs" / "rows.jsonl"
    assert config.model.path == str(tmp_path / "configs" / "start")
    assert config.reward.objectives == ("accuracy", "faithfulness", "coverage")
    assert config.training["learning_rate"] == 1e-6, "YAML 1.1 would read a string"


def test_no_is_a_word_and_not_a_boolean(write) -> None:
    config = load_config(write(), ["training.save_strategy=no", "training.use_cpu=true"])
    assert config.training["save_strategy"] == "no"
    assert config.training["use_cpu"] is True


def test_a_model_on_the_hub_is_no_path(write) -> None:
    config = load_config(write(), ["model.path=owner/name"])
    assert config.model.path == "owner/name"


def test_overrides_win_and_their_paths_are_the_callers(
    write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    config = load_config(
        write(),
        ["output=out", "training.max_steps=2", "reward.method=gdpo", "model.lora.r=4", "seed=7"],
    )
    assert config.output == tmp_path / "out"
    assert config.training["max_steps"] == 2
    assert (config.reward.method, config.seed) == ("gdpo", 7)
    assert config.model.lora is not None
    assert config.model.lora.r == 4
    assert config.data.train == tmp_path / "configs" / "rows.jsonl"


def test_a_dumped_configuration_reads_back_the_same(write, tmp_path: Path) -> None:
    config = load_config(write(), ["model.lora={r: 4}", "training.learning_rate=2.5e-7"])
    copy = tmp_path / "elsewhere.yaml"
    copy.write_text(dump_config(config), encoding="utf-8")
    assert load_config(copy) == config


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("modle.path=x", "modle: unknown field; did you mean model?"),
        ("model.dtpye=float32", "model.dtpye: unknown field; did you mean dtype?"),
        ("model.lora.rank=4", "model.lora.rank: unknown field; known are"),
        ("model.dtype=fp32", "model.dtype: expected 'float32', 'bfloat16' or 'float16', got"),
        ("data.train_limit=0", "data.train_limit: expected greater than or equal to 1, got 0"),
        ("seed=one", "seed: expected an integer, got 'one'"),
        ("name=a b", "name: expected letters, digits"),
        ("reward.method=ppo", "reward.method: expected 'crpo', 'gdpo', 'gated', 'corr' or 'grpo'"),
        ("reward.weights=[1,1]", "reward: weights: expected 3 numbers, one for each objective"),
        ("reward.weights=[1,-1,0]", "reward.weights.1: expected greater than or equal to 0"),
        ("reward.weights=[0,0,0]", "reward: weights: expected at least one above 0"),
        ("reward.objectives=[coverage]", "reward: objectives: expected accuracy first"),
        ("reward.url=localhost", "reward: url: expected http://host:port"),
        ("reward.key_env=REWARD_KEY", "reward.key_env: variables that begin with REWARD_ belong"),
        ("reward.max_failed_share=2", "reward.max_failed_share: expected less than or equal to 1"),
        ("training.max_stpes=2", "training.max_stpes: unknown field; did you mean max_steps?"),
        ("training.max_steps=2.5", "training.max_steps: expected an integer, got 2.5"),
        ("training.beta=low", "training.beta: expected a number, got 'low'"),
        ("training.num_generations=yes", "training.num_generations: expected an integer or null"),
        ("training.seed=1", "training.seed: is set by seed"),
        ("training.objectives=[accuracy]", "training.objectives: is set by reward.objectives"),
        ("training.max_length=9", "training.max_length: unknown field: it belongs to the stage"),
        ("stage=sft", "stage: expected 'crpo' or 'cold_start', got 'sft'"),
        ("stage", "'stage': expected key=value as in training.max_steps=2"),
        ("name.first=x", "'name.first=x': name has no fields"),
    ],
)
def test_a_mistake_on_the_command_line(write, override: str, expected: str) -> None:
    (line, *_) = mistakes(write(), override)
    assert line.startswith(f"command line: {expected}")


def test_all_mistakes_of_a_file_come_at_once(write) -> None:
    text = GOOD.replace("data: {train", "data: {tain").replace("max_steps", "max_step")
    assert mistakes(write(text)) == [
        "data.train: missing",
        "data.tain: unknown field; did you mean train?",
        "training.max_step: unknown field; did you mean max_steps?",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name: a\nname: b\n", ":2:1: name is given twice"),
        ("name: [a\n", "expected ',' or ']'"),
        ("- a\n", "expected fields such as `name: …`, got a list"),
        ("", "expected fields such as `name: …`, got nothing"),
    ],
)
def test_a_file_that_is_no_configuration(write, text: str, expected: str) -> None:
    with pytest.raises(ConfigError) as error:
        load_config(write(text))
    assert expected in str(error.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.yaml: no such file"):
        load_config(tmp_path / "none.yaml")


def test_checking_loads_no_torch(write) -> None:
    program = (
        "import sys; from trainer.config import load_config; load_config(sys.argv[1]); "
        "print([name for name in ('torch', 'transformers', 'trl') if name in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, str(write())],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert run.stdout.strip() == "[]"

"""The demonstration's plan: its run's configuration, and the folder that it may clear."""

from __future__ import annotations

from pathlib import Path

import pytest

from trainer.demo.errors import DemoError
from trainer.demo.plan import Plan, make_room, run_config


def plan(output: Path, **changes: object) -> Plan:
    fields = {"url": "http://127.0.0.1:8000", "output": output, "policy": output / "policy"}
    return Plan(**(fields | changes))  # type: ignore[arg-type]


def test_the_configuration_follows_the_plan(tmp_path: Path) -> None:
    folder = tmp_path / "a: b #1"
    config = run_config(plan(folder, steps=7, rollouts=10, seed=3, max_tokens=9))
    assert (config.output, config.seed) == (folder / "run", 3)
    assert config.model.path == str(folder / "policy")
    assert config.data.train == folder / "world" / "train.jsonl"
    assert config.reward.url == "http://127.0.0.1:8000"
    assert config.training["max_steps"] == 7
    assert config.training["per_device_train_batch_size"] == 10
    assert config.training["max_completion_length"] == 9


def test_a_path_that_looks_like_a_number_stays_a_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_config(plan(Path("123"))).output == tmp_path / "123" / "run"


def test_only_an_earlier_demonstration_is_cleared(tmp_path: Path) -> None:
    output = tmp_path / "demo"
    make_room(plan(output))
    (output / "run" / "checkpoints").mkdir(parents=True)
    (output / "report.html").write_text("old")
    (output / "mine.txt").write_text("keep")
    make_room(plan(output, steps=9))
    assert sorted(path.name for path in output.iterdir()) == ["demonstration.json", "mine.txt"]


def test_a_folder_with_other_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "weights").write_text("precious")
    with pytest.raises(DemoError, match="holds no earlier demonstration"):
        make_room(plan(tmp_path))
    assert (tmp_path / "run" / "weights").read_text() == "precious"
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(DemoError, match="is not empty"):
        make_room(plan(file))

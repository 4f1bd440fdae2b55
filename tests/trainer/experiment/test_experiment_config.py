from __future__ import annotations

from pathlib import Path

import pytest

from trainer.config import ConfigError
from trainer.experiment.config import load_experiment
from trainer.experiment.jobs import jobs


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_paths_are_relative_to_the_file(config_file: Path) -> None:
    config = load_experiment(config_file)
    assert config.base == config_file.parent / "base.yaml"
    assert config.run_folder("crpo", 1) == config_file.parent / "out" / "crpo" / "seed-1"
    assert [(arm.name, seed) for arm, seed in config.runs()] == [
        ("grpo", 0),
        ("crpo", 0),
        ("grpo", 1),
        ("crpo", 1),
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("seeds: [0, 1]", "seeds: [0, 0]", "seeds: expected every seed once"),
        ("name: crpo", "name: grpo", "arms: expected every name once"),
        ("name: crpo", "name: start", "none called start"),
        ("name: grpo", "name: other", "baseline: expected one of other, crpo"),
        ("processes: 2", "processes: 0", "processes: Input should be greater"),
        ("processes: 2", "proceses: 2", "proceses: Extra inputs"),
        ("base: base.yaml", "base: none.yaml", "base: no such file"),
        ("name: small", "name: ../up", "name: Value error, expected letters"),
    ],
)
def test_mistakes_are_named(config_file: Path, old: str, new: str, said: str) -> None:
    replace(config_file, old, new)
    with pytest.raises(ConfigError, match=said):
        load_experiment(config_file)


def test_the_commands_of_a_run(config_file: Path) -> None:
    start, first, second, *_ = jobs(load_experiment(config_file), program=("crpo",))
    folder = config_file.parent
    assert [command.what for command in start.commands] == ["evaluate"]
    assert start.commands[0].argv[:3] == ("crpo", "evaluate", str(folder / "start"))
    train, evaluate = second.commands
    assert train.argv[:3] == ("crpo", "train", str(folder / "base.yaml"))
    assert set(train.argv[3:]) == {
        'reward.method="crpo"',
        "training.learning_rate=0.0001",
        'name="small-crpo-0"',
        f'output="{folder / "out" / "crpo" / "seed-0"}"',
        "seed=0",
        'reward.url="http://127.0.0.1:8000"',
    }
    options = dict(zip(evaluate.argv[3::2], evaluate.argv[4::2], strict=False))
    assert options["--samples"] == "2"
    assert options["--limit"] == "5"
    assert options["--max-new-tokens"] == "64"
    assert options["--output"] == str(folder / "out" / "crpo" / "seed-0" / "evaluation")
    assert first.commands[0].identity != train.identity


def test_where_the_service_listens_is_no_part_of_a_runs_identity(config_file: Path) -> None:
    before = jobs(load_experiment(config_file))
    replace(config_file, "processes: 2", "processes: 2\nreward_url: http://127.0.0.1:9999")
    after = jobs(load_experiment(config_file))
    for one, other in zip(before, after, strict=True):
        assert [c.identity for c in one.commands] == [c.identity for c in other.commands]


def test_the_data_are_part_of_it(config_file: Path) -> None:
    before = jobs(load_experiment(config_file))[1].commands
    (config_file.parent / "train.jsonl").write_text('{"other": 1}\n')
    after = jobs(load_experiment(config_file))[1].commands
    assert before[0].identity != after[0].identity
    assert before[1].identity == after[1].identity


def test_overrides_that_the_base_refuses_stop_before_anything_runs(config_file: Path) -> None:
    replace(config_file, "reward.method: crpo", "reward.methd: crpo")
    with pytest.raises(ConfigError, match="did you mean method"):
        jobs(load_experiment(config_file))


@pytest.mark.parametrize("field", ["model.path", "data.test"])
def test_an_arm_with_a_start_or_questions_of_its_own_is_refused(
    config_file: Path, field: str
) -> None:
    (config_file.parent / "other").mkdir()
    replace(config_file, "reward.method: crpo", f"{field}: {config_file.parent / 'other'}")
    with pytest.raises(ConfigError, match=f"arm crpo: {field}: every arm has that of the base"):
        jobs(load_experiment(config_file))


@pytest.mark.parametrize("name", ["train.jsonl", "test.jsonl", "start/config.json"])
def test_a_start_or_data_that_are_not_there(config_file: Path, name: str) -> None:
    path = config_file.parent / name
    path.unlink()
    if name.startswith("start"):
        path.parent.rmdir()
    with pytest.raises(ConfigError, match="no such f"):
        jobs(load_experiment(config_file))

"""Settings: from the environment, with clear errors, and a table that is never stale."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reward_service.settings import Settings, settings_table, variables
from reward_service.wire.errors import SettingsError

DOC = Path(__file__).parents[1] / "docs" / "settings.md"


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in [name for name in os.environ if name.upper().startswith("REWARD_")]:
        monkeypatch.delenv(variable)


def load(monkeypatch: pytest.MonkeyPatch, **environment: str) -> Settings:
    for name, value in environment.items():
        monkeypatch.setenv(f"REWARD_{name}", value)
    return Settings.load()


def test_defaults() -> None:
    settings = Settings.load()
    assert (settings.host, settings.port, settings.pipeline) == ("127.0.0.1", 8000, "embedded")
    assert settings.workers >= 1
    assert (settings.max_items, settings.max_body_bytes) == (256, 8_000_000)


def test_environment_and_options(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(
        monkeypatch, PORT="9000", TAGS="think, answer", WEIGHTS="accuracy=10, coverage=0.5"
    )
    assert settings.port == 9000
    assert settings.tags == ("think", "answer")
    assert settings.weights == {"accuracy": 10.0, "coverage": 0.5}
    assert Settings.load(port=1, host=None, tags="a,b") == settings.model_copy(
        update={"port": 1, "tags": ("a", "b")}
    )


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("PORT", "http", "REWARD_PORT: expected an integer, got 'http'"),
        ("PORT", "70000", "REWARD_PORT: expected less than or equal to 65535, got '70000'"),
        ("WORKERS", "-1", "REWARD_WORKERS: expected greater than or equal to 0"),
        ("HOST", "", "REWARD_HOST: "),
        ("TAGS", "dx", "REWARD_TAGS: expected two tag names as in dx,conclusion, got 'dx'"),
        ("TAGS", "dx,dx", "REWARD_TAGS: expected two different tag names"),
        ("TAGS", "d x,<y>", "REWARD_TAGS: expected two different tag names"),
        ("WEIGHTS", "accuracy", "REWARD_WEIGHTS: expected name=number pairs as in"),
        ("WEIGHTS", "accuracy=x", "REWARD_WEIGHTS: expected name=number pairs as in"),
        ("WEIGHTS", "accuracy=-1", "REWARD_WEIGHTS: expected a finite number >= 0 for accuracy"),
        ("WEIGHTS", "accuracy=nan", "REWARD_WEIGHTS: expected a finite number >= 0"),
        ("LOG_LEVEL", "loud", "REWARD_LOG_LEVEL: expected 'debug', 'info', 'warning' or 'error'"),
        ("REQUEST_TIMEOUT", "0", "REWARD_REQUEST_TIMEOUT: expected greater than 0"),
        ("WORKRES", "2", "REWARD_WORKRES: unknown setting; did you mean REWARD_WORKERS?"),
        ("ZZZ", "2", "REWARD_ZZZ: unknown setting; known are REWARD_HOST, REWARD_PORT"),
    ],
)
def test_a_wrong_value_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, expected: str
) -> None:
    with pytest.raises(SettingsError) as error:
        load(monkeypatch, **{name: value})
    assert str(error.value).startswith(expected)


def test_all_wrong_values_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError) as error:
        load(monkeypatch, PORT="x", WORKERS="y")
    assert {line.split(":")[0] for line in str(error.value).splitlines()} == {
        "REWARD_PORT",
        "REWARD_WORKERS",
    }


def test_a_wrong_option_names_the_option() -> None:
    with pytest.raises(SettingsError, match="option port: expected less than or equal to 65535"):
        Settings.load(port=70_000)
    with pytest.raises(SettingsError, match=r"option prot: unknown; did you mean port\?"):
        Settings.load(prot=1)


def test_what_the_scorer_gets() -> None:
    config = Settings.load(
        tags="think,answer", max_chars=5000, weights="coverage=2"
    ).scorer_config()
    assert (config.tags.analysis, config.tags.conclusion) == ("think", "answer")
    assert (config.max_chars, config.pipeline) == (5000, "embedded")
    assert config.weights["coverage"] == 2


def test_a_judge_is_whole_or_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings.load().scorer_config().judge is None
    settings = load(monkeypatch, JUDGE_URL="http://host/v1", JUDGE_MODEL="m", JUDGE_KEY_ENV="KEY")
    judge = settings.scorer_config().judge
    assert judge is not None
    assert (judge.url, judge.model, judge.key_env) == ("http://host/v1", "m", "KEY")
    with pytest.raises(SettingsError, match="JUDGE_KEY_FILE: set only one"):
        load(monkeypatch, JUDGE_KEY_FILE="key")
    with pytest.raises(SettingsError, match=r"REWARD_JUDGE_URL: .*got 'host'"):
        load(monkeypatch, JUDGE_URL="host")
    monkeypatch.delenv("REWARD_JUDGE_URL")
    with pytest.raises(SettingsError, match="REWARD_JUDGE_MODEL: set both, or neither"):
        Settings.load()


def test_every_field_is_described_and_the_table_is_current() -> None:
    assert all(Settings.model_fields[name].description for name in variables().values())
    assert settings_table() in DOC.read_text(encoding="utf-8"), (
        "docs/settings.md is stale: paste the output of `python -m reward_service.settings`"
    )

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

SUPPORT = Path(__file__).parents[1] / "report" / "support"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module that makes run folders by hand."""
    monkeypatch.syspath_prepend(str(SUPPORT))
    import made_run  # type: ignore[import-not-found]

    module: ModuleType = made_run
    return module


@pytest.fixture
def config_file(tmp_path: Path) -> Path:
    """An experiment of two arms and two seeds beside its base, start and data."""
    (tmp_path / "start").mkdir()
    (tmp_path / "start" / "config.json").write_text("{}")
    for name in ("train", "test"):
        (tmp_path / f"{name}.jsonl").write_text("{}\n")
    (tmp_path / "base.yaml").write_text(
        "name: base\noutput: base\nmodel: {path: ./start}\n"
        "data: {train: train.jsonl, test: test.jsonl}\n"
        "training: {max_completion_length: 64}\n"
    )
    path = tmp_path / "experiment.yaml"
    path.write_text(
        "name: small\noutput: out\nbase: base.yaml\n"
        "arms:\n- {name: grpo, overrides: {reward.method: grpo}}\n"
        "- {name: crpo, overrides: {reward.method: crpo, training.learning_rate: 1e-4}}\n"
        "seeds: [0, 1]\nresamples: 200\nsamples: 3\nexamples: 2\nprocesses: 2\n"
        "evaluation: {samples: 2, questions: 5, temperature: 0.5}\n"
    )
    return path

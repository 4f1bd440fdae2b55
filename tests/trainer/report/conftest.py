from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module that makes run folders by hand."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent / "support"))
    import made_run  # type: ignore[import-not-found]

    module: ModuleType = made_run
    return module


@pytest.fixture
def run(made: ModuleType, tmp_path: Path) -> Path:
    """A short run with all its files."""
    folder: Path = made.write_run(tmp_path / "run", steps=6, questions=3)
    return folder

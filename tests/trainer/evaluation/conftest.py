from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def policy_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny policy without a chat template."""
    from evaluation_helpers import save_policy

    return save_policy(tmp_path_factory.mktemp("policy"))

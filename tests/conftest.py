"""Fixtures that several packages' tests share."""

from __future__ import annotations

import pytest

from reward_service.scoring.default import default_scorer
from reward_service.scoring.scorer import Scorer


@pytest.fixture(scope="session")
def scorer() -> Scorer:
    """The real scorer with default settings, loaded once a test process."""
    return default_scorer()

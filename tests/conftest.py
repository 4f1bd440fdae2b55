"""Fixtures that several packages' tests share."""

from __future__ import annotations

import pytest

from reward_service.scoring import Scorer, default_scorer


@pytest.fixture(scope="session")
def scorer() -> Scorer:
    """The real scorer with default settings, loaded once a test process."""
    return default_scorer()

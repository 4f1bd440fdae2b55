"""One small world for all tests of the folder."""

from __future__ import annotations

import pytest

from trainer.world import World, WorldConfig, build_world


@pytest.fixture(scope="session")
def world() -> World:
    return build_world(3, WorldConfig(diseases=16))

"""Clients over the stub of reward_stub.py."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from reward_stub import QUICK, Stub

from trainer import RewardClient


@pytest.fixture
def client_of() -> Iterator[Callable[..., RewardClient]]:
    """Makes clients of a stub; they are closed with the test."""
    made: list[RewardClient] = []

    def make(stub: Stub, **options: Any) -> RewardClient:
        client = RewardClient(
            "http://reward", **{"retries": QUICK, "transport": stub.transport} | options
        )
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()

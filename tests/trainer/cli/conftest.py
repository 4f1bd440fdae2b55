"""A tiny policy, rows and configuration for the commands, and a service to talk to."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
sys.path.insert(0, str(Path(__file__).parent))

import score_server
import tiny_policy
import torch

# TRL 1.16 and peft still use the older name of transformers' activation checkpointing.
_OLD_NAME = "ignore:.*gradient_checkpointing.* is deprecated:FutureWarning"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.filterwarnings(_OLD_NAME))


@pytest.fixture
def runner() -> CliRunner:
    """Runs commands in process."""
    return CliRunner()


@pytest.fixture(scope="session")
def service() -> Iterator[str]:
    """URL of a service made of rules."""
    with score_server.running() as url:
        yield url


@pytest.fixture(scope="session")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the tiny policy."""
    torch.set_num_threads(1)
    return tiny_policy.write(tmp_path_factory.mktemp("policy"))

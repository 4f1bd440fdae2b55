"""The real service as a process, for plug-ins and for the stacks' own code."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def service_url() -> Iterator[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("REWARD_")}
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from reward_service.cli.app import main; main()",
            *("serve", "--port", "0", "--workers", "1"),
        ],
        env=clean | {"PYTHONPATH": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("ready: "), line
    yield line.removeprefix("ready: ").strip()
    process.terminate()
    process.wait(30)
    process.stdout.close()


@pytest.fixture
def reward_env(service_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The service's URL, also in the environment, where plug-ins look for it."""
    monkeypatch.setenv("CRPO_REWARD_URL", service_url)
    return service_url

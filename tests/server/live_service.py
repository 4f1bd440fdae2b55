"""The service as a process of its own, as `clinical-reward serve` starts it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


def environment_of(**settings: str) -> dict[str, str]:
    """This environment with these REWARD_ variables and no others."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("REWARD_")}
    return clean | {f"REWARD_{name}": value for name, value in settings.items()}


def refused_start(*options: str, **settings: str) -> str:
    """What `serve` says on stderr when it refuses to start."""
    done = subprocess.run(
        [sys.executable, "-m", "reward_service.cli", "serve", "--port", "0", *options],
        env=environment_of(**settings),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 2 and done.stdout == "", done.stderr
    return done.stderr


@contextmanager
def live_service(*options: str, **settings: str) -> Iterator[tuple[str, list[str]]]:
    """Its URL, and a list that holds its log lines once the service has ended."""
    lines: list[str] = []
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "reward_service.cli", "serve", "--port", "0", *options],
            env=environment_of(**{"WORKERS": "1", **settings}),
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line.startswith("ready: "):
                log.seek(0)
                raise AssertionError(line + log.read())
            yield line.removeprefix("ready: ").strip(), lines
        finally:
            process.terminate()
            process.communicate(timeout=60)
            log.seek(0)
            lines.extend(log.read().splitlines())

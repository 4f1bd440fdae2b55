"""A cold process: how long until the scorer is ready, and how much memory it then takes."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import NamedTuple

_PROGRAM = """
import psutil
from reward_service.cli.options import scorer_factory
from reward_service.server.self_score import check_self_score
from reward_service.settings import Settings
check_self_score(scorer_factory(Settings.load())())
process = psutil.Process()
times = process.cpu_times()
print(process.memory_info().rss, times.user + times.system)
"""


class Startup(NamedTuple):
    """Seconds from process start to the first scores; CPU time and resident memory then."""

    seconds: float
    cpu_seconds: float
    megabytes: float


def cold_start() -> Startup:
    """Start a fresh interpreter, load the scorer and score once."""
    started = time.perf_counter()
    run = subprocess.run(
        [sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True
    )
    seconds = time.perf_counter() - started
    resident, cpu_seconds = run.stdout.split()
    return Startup(seconds, float(cpu_seconds), int(resident) / 1e6)

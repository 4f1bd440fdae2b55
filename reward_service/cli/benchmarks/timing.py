"""Timing contenders in turns, so that a noisy machine is as unfair to one as to another."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import cycle
from typing import NamedTuple

from reward_service.wire import Item

Work = Callable[[Item], object]


class Speed(NamedTuple):
    """Completions per second of wall clock and of this process's CPU time: medians of rounds."""

    per_second: float
    per_cpu_second: float


def race(
    contenders: Mapping[str, Work], items: Sequence[Item], *, seconds: float, rounds: int = 3
) -> dict[str, Speed]:
    """Let each contender work through `items`, in turns of `seconds` each."""
    measured: dict[str, list[Speed]] = {name: [] for name in contenders}
    endless = {name: cycle(items) for name in contenders}
    for name, work in contenders.items():
        work(next(endless[name]))  # warm up
    for _ in range(rounds):
        for name, work in contenders.items():
            measured[name].append(_turn(work, endless[name], seconds))
    return {name: median_speed(speeds) for name, speeds in measured.items()}


def _turn(work: Work, items: cycle[Item], seconds: float) -> Speed:
    wall, cpu = time.perf_counter(), time.process_time()
    done = 0
    while time.perf_counter() - wall < seconds:
        item = next(items)
        work(item)
        done += len(item.completions)
    return Speed(done / (time.perf_counter() - wall), done / (time.process_time() - cpu))


def median_speed(speeds: Sequence[Speed]) -> Speed:
    """The median of each figure by itself."""
    return Speed(
        statistics.median(s.per_second for s in speeds),
        statistics.median(s.per_cpu_second for s in speeds),
    )

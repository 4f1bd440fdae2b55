"""Where the time goes: a sampling profile by module of this package.

A CPU timer interrupts the scorer a few hundred times a second; the innermost frame of this package
that is then on the stack gets the sample, so that time in a library counts for who called it.
"""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Iterable
from itertools import cycle
from types import FrameType

from reward_service.cli.benchmarks.timing import Work
from reward_service.wire import Item

_INTERVAL = 0.002
_PACKAGE = "reward_service."
_OUTSIDE = ("reward_service.cli.", "reward_service.wire.")


def profile(work: Work, items: Iterable[Item], *, seconds: float) -> dict[str, float]:
    """Share of CPU time by module, largest first. To be called from the main thread."""
    samples: Counter[str] = Counter()

    def sample(_: int, frame: FrameType | None) -> None:
        while frame is not None:
            name = frame.f_globals.get("__name__", "")
            if name.startswith(_PACKAGE) and not name.startswith(_OUTSIDE):
                samples[name.removeprefix(_PACKAGE)] += 1
                return
            frame = frame.f_back

    before = signal.signal(signal.SIGPROF, sample)
    signal.setitimer(signal.ITIMER_PROF, _INTERVAL, _INTERVAL)
    try:
        deadline = time.perf_counter() + seconds
        for item in cycle(items):
            work(item)
            if time.perf_counter() > deadline:
                break
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    total = samples.total() or 1
    return {name: count / total for name, count in samples.most_common()}

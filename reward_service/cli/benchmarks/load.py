"""The load benchmark: capacity by workers, HTTP beside in process, and latency at given loads."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from itertools import cycle, islice
from time import perf_counter
from typing import Any

from reward_service.cli.benchmarks.load_drive import Tally, arrive, drive, flood
from reward_service.cli.benchmarks.load_texts import Asked, groups, requests, singles
from reward_service.cli.benchmarks.loopback import Server, running_server
from reward_service.scoring.scorer import Scorer
from reward_service.settings import Settings
from reward_service.wire import Item, ScoreRequest

LOADS = (0.5, 0.8, 1.2)
CONNECTIONS = (1, 8, 64, 512)
QUEUE_ITEMS = 32
"""Queue of the measured service: small, so that overload shows within seconds."""

_ROUNDS = 3
_SATURATING = 16

Say = Callable[[str], None]
Shapes = Mapping[str, Sequence[Asked]]


def measure_load(words: int, seconds: float, workers: int, say: Say) -> dict[str, Any]:
    """All figures by name. `seconds` is the length of one turn."""
    items = groups(words)
    shapes = {"singles": requests(singles(items)), "groups of 8": requests(items)}
    figures: dict[str, Any] = {"words": words, "workers": workers}
    say("HTTP beside in process, one worker")
    with _server(1) as server:
        figures["ratio"] = _beside_in_process(server, shapes, seconds)
        figures["capacity"] = {1: _capacity(server, shapes, seconds)}
    for count in _counts(workers):
        say(f"capacity, {count} workers")
        with _server(count) as server:
            figures["capacity"][count] = _capacity(server, shapes, seconds)
            if count == workers:
                figures["loads"] = _loads(server, shapes, figures["capacity"][count], seconds, say)
    return figures


def _counts(workers: int) -> list[int]:
    """2, 4, 8 … and `workers` itself."""
    doubled = [2**power for power in range(1, 9) if 2**power < workers]
    return [*doubled, workers]


def _server(workers: int) -> Any:
    return running_server(
        workers, REWARD_MAX_QUEUE=str(QUEUE_ITEMS), REWARD_CASE_CACHE="256", REWARD_QUEUE_LOW="0.9"
    )


def _capacity(server: Server, shapes: Shapes, seconds: float) -> dict[str, float]:
    """Completions per second when there is always something to do; median of rounds."""
    turns: dict[str, list[float]] = {name: [] for name in shapes}
    for _ in range(_ROUNDS):
        for name, asked in shapes.items():
            tally = drive(flood(server.url, asked, connections=_SATURATING, seconds=seconds))
            turns[name].append(tally.per_second)
    return {name: statistics.median(speeds) for name, speeds in turns.items()}


def _beside_in_process(server: Server, shapes: Shapes, seconds: float) -> dict[str, Any]:
    """HTTP with one worker and the scorer in this process, in turns, on the same requests."""
    scorer = Scorer(Settings.load().scorer_config())
    figures = {}
    for name, asked in shapes.items():
        endless = cycle([one.item for one in asked])
        drive(flood(server.url, asked, connections=4, seconds=seconds / 2))  # warm up
        _in_process(scorer, endless, seconds / 2)
        pairs = []
        for _ in range(_ROUNDS):
            here = _in_process(scorer, endless, seconds)
            there = drive(flood(server.url, asked, connections=4, seconds=seconds)).per_second
            pairs.append((here, there))
        figures[name] = {
            "in_process": statistics.median(here for here, _ in pairs),
            "http": statistics.median(there for _, there in pairs),
            "ratio": statistics.median(there / here for here, there in pairs),
        }
    return figures


def _in_process(scorer: Scorer, items: cycle[Item], seconds: float) -> float:
    begun, done = perf_counter(), 0
    while perf_counter() - begun < seconds:
        for item in islice(items, 8):
            scorer.score(ScoreRequest(items=[item]))
            done += len(item.completions)
    return done / (perf_counter() - begun)


def _loads(
    server: Server, shapes: Shapes, capacity: Mapping[str, float], seconds: float, say: Say
) -> list[dict[str, Any]]:
    rows = []
    for name, asked in shapes.items():
        for load in LOADS:
            say(f"{name} at {load:.0%} of capacity")
            for connections in CONNECTIONS:
                rate = load * capacity[name] / asked[0].completions
                tally = drive(
                    arrive(
                        server.url, asked, rate=rate, connections=connections, seconds=2 * seconds
                    )
                )
                rows.append({"shape": name, "load": load, "connections": connections} | _row(tally))
    return rows


def _row(tally: Tally) -> dict[str, Any]:
    counts = {str(status): count for status, count in sorted(tally.statuses.items())}
    figures = {f"p{share}": tally.percentile(share / 100) for share in (50, 95, 99)}
    kept = {k: v for k, v in asdict(tally).items() if k in ("seconds", "scored", "unanswered")}
    return {**kept, "per_second": tally.per_second, "statuses": counts, **figures}

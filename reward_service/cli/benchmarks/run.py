"""The whole benchmark, in one pass."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from reward_service.cli.benchmarks import loopback
from reward_service.cli.benchmarks.baselines import PHRASE_TERMS, phrase_matcher, random_ner
from reward_service.cli.benchmarks.stages import profile
from reward_service.cli.benchmarks.startup import cold_start
from reward_service.cli.benchmarks.timing import Speed, Work, median_speed, race
from reward_service.scoring.scorer import Scorer
from reward_service.settings import Settings
from reward_service.wire import Item, ScoreRequest

ROUNDS = 3
SCORER = "scorer, in process"

Groups = Mapping[str, Sequence[Item]]
Say = Callable[[str], None]


def measure(groups: Groups, seconds: float, http: bool, say: Say) -> dict[str, Any]:
    """All figures by name. `seconds` is the length of one turn; `say` is told what is going on."""
    figures: dict[str, Any] = {}
    say("start-up of a cold process")
    figures["startup"] = cold_start()._asdict()
    settings = Settings.load()
    # One case in the cache: every group's case is analysed anew, as in training.
    scorer = Scorer(replace(settings.scorer_config(), case_cache=1))
    figures["scorer"] = scorer.identity.model_dump()

    def in_process(item: Item) -> object:
        return scorer.score(ScoreRequest(items=[item]))

    say("building the baselines")
    contenders = {
        SCORER: in_process,
        f"PhraseMatcher, {PHRASE_TERMS:,} terms": phrase_matcher(),
        "CNN NER, random weights": random_ner(),
    }
    figures["in_process"] = {}
    for name, items in groups.items():
        say(f"in process: {name}")
        speeds = race(contenders, items, seconds=seconds, rounds=ROUNDS)
        figures["in_process"][name] = {who: speed._asdict() for who, speed in speeds.items()}
    longest = list(groups)[-1]
    say(f"profile: {longest}")
    figures["profile"] = profile(in_process, groups[longest], seconds=2 * seconds)
    if http:
        figures["one_worker"] = _one_worker(groups, in_process, seconds, say)
        workers = max(2, settings.workers)
        figures["many_workers"] = _many_workers(groups, workers, seconds, say)
    return figures


def _one_worker(groups: Groups, in_process: Work, seconds: float, say: Say) -> dict[str, Any]:
    """One scoring process behind HTTP and the scorer in process, in turns."""
    figures: dict[str, Any] = {}
    with loopback.running_server(workers=1) as server:
        figures["ready_seconds"] = server.ready_seconds
        for name, items in groups.items():
            say(f"over HTTP, one worker: {name}")
            requests = loopback.bodies(items)
            loopback.throughput(server, requests, seconds=seconds / 2, clients=3)  # warm up
            here, there = [], []
            for _ in range(ROUNDS):
                here.append(race({SCORER: in_process}, items, seconds=seconds, rounds=1)[SCORER])
                there.append(loopback.throughput(server, requests, seconds=seconds, clients=3))
            milliseconds = loopback.latencies(server, items)
            figures[name] = {
                "in_process": median_speed(here)._asdict(),
                "http": median_speed(there)._asdict(),
                "ratio": _ratio(there, here),
                "latency_ms_p50": statistics.median(milliseconds),
                "latency_ms_p95": milliseconds[int(len(milliseconds) * 0.95)],
            }
        figures["megabytes"] = server.resident_megabytes()
    return figures


def _ratio(there: Sequence[Speed], here: Sequence[Speed]) -> float:
    """Median over rounds of HTTP's speed beside the scorer's own, both by the wall clock."""
    pairs = zip(there, here, strict=True)
    return statistics.median(t.per_second / h.per_second for t, h in pairs)


def _many_workers(groups: Groups, workers: int, seconds: float, say: Say) -> dict[str, Any]:
    figures: dict[str, Any] = {"workers": workers}
    with loopback.running_server(workers) as server:
        for name, items in groups.items():
            say(f"over HTTP, {workers} workers: {name}")
            requests = loopback.bodies(items)
            clients = 2 * workers
            loopback.throughput(server, requests, seconds=seconds / 2, clients=clients)  # warm up
            turns = [
                loopback.throughput(server, requests, seconds=seconds, clients=clients)
                for _ in range(ROUNDS)
            ]
            figures[name] = median_speed(turns)._asdict()
        figures["megabytes"] = server.resident_megabytes()
    return figures

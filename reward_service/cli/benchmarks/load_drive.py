"""Driving the service: as fast as it goes, or at a constant rate of arrivals."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from time import perf_counter
from typing import Any, TypeVar
from urllib.parse import urlsplit

import uvloop

from reward_service.cli.benchmarks.load_client import Client, NoAnswer
from reward_service.cli.benchmarks.load_texts import Asked

Result = TypeVar("Result")


@dataclass
class Tally:
    """What came of some load.

    seconds: from the first request to the last answer. scored: completions in answers with 200.
    statuses: answers by status. unanswered: requests whose connection ended without an answer.
    milliseconds: latency of each answer with 200, from the moment at which it was due to be sent.
    """

    seconds: float = 0.0
    scored: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    unanswered: int = 0
    milliseconds: list[float] = field(default_factory=list)

    @property
    def sent(self) -> int:
        return self.statuses.total() + self.unanswered

    @property
    def per_second(self) -> float:
        """Completions scored per second."""
        return self.scored / self.seconds

    def percentile(self, share: float) -> float:
        """Latency in milliseconds that `share` of the scored requests did not exceed."""
        ordered = sorted(self.milliseconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def drive(work: Coroutine[Any, Any, Result]) -> Result:
    """Run it on a fast event loop of its own."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


def clients(url: str, count: int) -> list[Client]:
    """`count` connections to the service, made when they are first used."""
    address = urlsplit(url)
    assert address.hostname is not None and address.port is not None
    return [Client(address.hostname, address.port) for _ in range(count)]


async def flood(url: str, requests: Sequence[Asked], *, connections: int, seconds: float) -> Tally:
    """Every connection asks again as soon as it is answered."""
    tally, endless = Tally(), cycle(requests)
    pool = clients(url, connections)
    begun = perf_counter()

    async def ask_on(client: Client) -> None:
        while perf_counter() - begun < seconds:
            await _ask(client, next(endless), perf_counter(), tally)

    await asyncio.gather(*map(ask_on, pool))
    tally.seconds = perf_counter() - begun
    _close(pool)
    return tally


async def arrive(
    url: str, requests: Sequence[Asked], *, rate: float, connections: int, seconds: float
) -> Tally:
    """Requests that come at a constant `rate` a second, whatever becomes of those before.

    One that finds no free connection waits for one, and that is part of its latency.
    """
    tally, endless = Tally(), cycle(requests)
    pool = clients(url, connections)
    free: asyncio.LifoQueue[Client] = asyncio.LifoQueue()
    for client in pool:
        free.put_nowait(client)
    begun = perf_counter()
    running: set[asyncio.Task[None]] = set()

    async def ask_on(client: Client, due: float) -> None:
        await _ask(client, next(endless), due, tally)
        free.put_nowait(client)

    for due in _ticks(begun, rate, seconds):
        await asyncio.sleep(max(0.0, due - perf_counter()))
        client = await free.get()
        if perf_counter() - begun > 2 * seconds:
            break  # the connections hold it back: what was sent so far is the result
        task = asyncio.create_task(ask_on(client, due))
        running.add(task)
        task.add_done_callback(running.discard)
    await asyncio.gather(*running)
    tally.seconds = perf_counter() - begun
    _close(pool)
    return tally


async def _ask(client: Client, asked: Asked, due: float, tally: Tally) -> None:
    try:
        answer = await client.ask(asked.sent)
    except NoAnswer:
        tally.unanswered += 1
        return
    tally.statuses[answer.status] += 1
    if answer.status == 200:
        tally.scored += asked.completions
        tally.milliseconds.append((perf_counter() - due) * 1000)


def _ticks(begun: float, rate: float, seconds: float) -> Iterator[float]:
    return (begun + number / rate for number in range(int(rate * seconds)))


def _close(pool: Sequence[Client]) -> None:
    for client in pool:
        client.close()

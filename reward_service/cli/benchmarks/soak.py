"""The soak: the service under load for minutes, with faults, and an account of every request."""

from __future__ import annotations

import asyncio
import random
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import IO, Any, NamedTuple

import orjson
import psutil

from reward_service.cli.benchmarks.load_client import Client, NoAnswer, post
from reward_service.cli.benchmarks.load_drive import clients, drive
from reward_service.cli.benchmarks.loopback import Server, running_server
from reward_service.cli.benchmarks.soak_faults import FAULTS
from reward_service.cli.benchmarks.texts import bundled_groups
from reward_service.scoring.scorer import Scorer
from reward_service.settings import Settings
from reward_service.wire import Item, ScoreRequest

CONNECTIONS = 16
_FRESH_SHARE = 0.5
_PATIENCE_SECONDS = 3
_ID = "soak"
_ADMITTED = re.compile(rb'"id": "soak", "route": "/score", "status": \d')

Say = Callable[[str], None]


class Known(NamedTuple):
    """A request whose answer is known: it was scored in this process."""

    asked: bytes
    items: bytes
    completions: int


class Sample(NamedTuple):
    """Memory and file handles of the service, with how much it had scored by then."""

    completions: int
    megabytes: float
    files: int
    processes: int


@dataclass
class Account:
    """What became of every request of the load, and what the service took for it."""

    sent: int = 0
    same: int = 0
    checked: int = 0
    different: int = 0
    abstained: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    unanswered: int = 0
    completions: int = 0
    seconds: float = 0.0
    milliseconds: list[float] = field(default_factory=list)
    injected: Counter[str] = field(default_factory=Counter)
    mishandled: Counter[str] = field(default_factory=Counter)
    samples: list[Sample] = field(default_factory=list)
    ending: bool = False
    refused_at_end: int = 0
    logged: int = 0
    answered: int = 0
    exit_status: int | None = None

    @property
    def lost(self) -> int:
        """Requests that the service took and did not answer."""
        return self.unanswered + max(0, self.logged - self.answered)


def soak(
    *, seconds: float, completions: int | None, words: int, workers: int, faults: bool, say: Say
) -> Account:
    """Load the service for `seconds`, or until it has scored `completions` if that is given.

    Half of the requests are known: their answer must have the bytes that the scorer in this
    process gives. The others are new texts, as in training. With `faults` one of FAULTS comes every
    few seconds. At the end SIGTERM comes under load.
    """
    say("scoring the known requests in this process")
    known = _known_requests(words)
    account = Account()
    settings = {"REWARD_BODY_TIMEOUT": str(_PATIENCE_SECONDS), "REWARD_LOG_LEVEL": "info"}
    with tempfile.TemporaryFile() as log:
        with running_server(workers, log, **settings, REWARD_CASE_CACHE="256") as server:
            say("load" + (" and faults" if faults else ""))
            drive(_run(server, known, account, seconds, completions, words, faults, say))
            account.exit_status = _exit_status(server)
        account.logged = _logged(log)
    return account


async def _run(
    server: Server,
    known: Sequence[Known],
    account: Account,
    seconds: float,
    completions: int | None,
    words: int,
    faults: bool,
    say: Say,
) -> None:
    begun = time.perf_counter()

    def over() -> bool:
        if completions is not None:
            return account.completions >= completions
        return time.perf_counter() - begun > seconds

    fresh = _Fresh(words)
    load = [
        asyncio.create_task(_ask_on(client, known, fresh, account, random.Random(number)))
        for number, client in enumerate(clients(server.url, CONNECTIONS))
    ]
    watch = asyncio.create_task(_watch(server, account, say))
    names = list(FAULTS)
    turn = 0
    while not over():
        await asyncio.sleep(1.0)
        if faults:
            name = names[turn % len(names)]
            turn += 1
            account.injected[name] += 1
            if not await FAULTS[name](server):
                account.mishandled[name] += 1
                say(f"not handled as it should be: {name}")
    account.seconds = time.perf_counter() - begun
    watch.cancel()
    account.samples.append(_sample(server, account))
    say("SIGTERM under load")
    account.ending = True
    server.process.terminate()
    await asyncio.gather(*load)


async def _ask_on(
    client: Client,
    known: Sequence[Known],
    fresh: _Fresh,
    account: Account,
    chance: random.Random,
) -> None:
    """One connection: ask, account for the answer, ask again; until the service has ended."""
    while True:
        expected = None if chance.random() < _FRESH_SHARE else chance.choice(known)
        asked, completions = fresh.request() if expected is None else expected[::2]
        begun = time.perf_counter()
        try:
            answer = await client.ask(asked)
        except NoAnswer:
            if account.ending:  # its connection was closed while idle, or refused: not taken
                account.refused_at_end += 1
                return
            account.sent += 1
            account.unanswered += 1
            continue
        account.sent += 1
        account.answered += 1
        if answer.status != 200:
            account.errors[f"{answer.status} {orjson.loads(answer.body)['error']['code']}"] += 1
            continue
        account.completions += completions
        account.milliseconds.append((time.perf_counter() - begun) * 1000)
        if b'"scorer_error"' in answer.body:
            account.abstained += 1
        elif expected is not None:
            account.checked += 1
            same = answer.body.partition(b',"scorer":')[0] == expected.items
            account.same += same
            account.different += not same


class _Fresh:
    """Requests with words and cases that were never seen before."""

    def __init__(self, words: int) -> None:
        self._bodies = [
            orjson.dumps({"items": [item.model_dump(mode="json")]})
            for item in bundled_groups(words)
        ]
        self._numbers = count()

    def request(self) -> tuple[bytes, int]:
        number = next(self._numbers)
        body = self._bodies[number % len(self._bodies)]
        body = body.replace(b"pain", b"pain%dx" % number).replace(b" of ", b" of case%d " % number)
        return _post(body), 8


def _known_requests(words: int) -> list[Known]:
    """Groups and single completions, with the bytes that their answers must have."""
    scorer = Scorer(Settings.load().scorer_config())
    known = []
    for item in bundled_groups(words):
        for part in (item, *_singles(item)):
            request = ScoreRequest(items=[part])
            items = scorer.score(request).model_dump_json().encode().partition(b',"scorer":')[0]
            body = orjson.dumps(request.model_dump(mode="json"))
            known.append(Known(_post(body), items, len(part.completions)))
    return known


def _singles(item: Item) -> list[Item]:
    return [item.model_copy(update={"completions": [text]}) for text in item.completions[:2]]


async def _watch(server: Server, account: Account, say: Say) -> None:
    while True:
        account.samples.append(_sample(server, account))
        latest = account.samples[-1]
        say(
            f"{account.completions:,} completions, {latest.megabytes:.0f} MB, "
            f"{latest.files} files, {account.errors.total()} errors, "
            f"{account.unanswered} unanswered"
        )
        await asyncio.sleep(10.0)


def _sample(server: Server, account: Account) -> Sample:
    """Memory that the processes do not share, and what they share once, in megabytes."""
    megabytes, files, alive = 0.0, 0, 0
    for process in server.processes():
        try:
            memory: Any = process.memory_full_info()
            megabytes += getattr(memory, "pss", memory.uss) / 1e6
            files += process.num_fds()
            alive += 1
        except psutil.Error:  # it has just been killed
            continue
    return Sample(account.completions, megabytes, files, alive)


def _exit_status(server: Server) -> int | None:
    try:
        status: int | None = server.process.wait(60)
    except psutil.TimeoutExpired:
        return None
    return status


def _logged(log: IO[bytes]) -> int:
    """Requests of the load that the service's own log says it answered."""
    log.seek(0)
    return sum(_ADMITTED.search(line) is not None for line in log)


def _post(body: bytes) -> bytes:
    return post(body, f"X-Request-Id: {_ID}")

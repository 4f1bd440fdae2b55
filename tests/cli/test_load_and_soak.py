"""The load generator counts rightly, and the two commands run against the real service."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from itertools import cycle
from threading import Thread

import psutil
import pytest
from typer.testing import CliRunner

from reward_service.cli.app import app
from reward_service.cli.benchmarks import load as load_module
from reward_service.cli.benchmarks.load_client import post
from reward_service.cli.benchmarks.load_drive import Tally, arrive, clients, drive, flood
from reward_service.cli.benchmarks.load_texts import Asked, groups, requests, singles
from reward_service.cli.benchmarks.loopback import Server
from reward_service.cli.benchmarks.soak import Account, Known, _ask_on, _Fresh
from reward_service.wire import Item

BODY = b'{"items":[{"id":null,"scores":[]}],"scorer":{}}'
ASKED = [Asked(post(b"{}"), Item(question="q", completions=["a"]), 3)]


@contextmanager
def stub(*answers: bytes) -> Iterator[str]:
    """A server that gives these answers in turn, b"" for a closed connection."""
    loop, ready = asyncio.new_event_loop(), []

    async def serve() -> None:
        turns = cycle(answers)

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                while b"content-length" in (head := (await reader.readuntil(b"\r\n\r\n")).lower()):
                    length = int(head.partition(b"content-length: ")[2].split(b"\r\n")[0])
                    await reader.readexactly(length)
                    turn = next(turns)
                    if not turn:
                        break
                    writer.write(turn)
            except (asyncio.IncompleteReadError, ConnectionError):
                pass
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        ready.append(server.sockets[0].getsockname()[1])
        await stop.wait()
        server.close()

    stop = asyncio.Event()
    thread = Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    while not ready:
        time.sleep(0.005)
    yield f"http://127.0.0.1:{ready[0]}"
    loop.call_soon_threadsafe(stop.set)
    thread.join()
    for task in asyncio.all_tasks(loop):
        task.cancel()
        loop.run_until_complete(asyncio.gather(task, return_exceptions=True))
    loop.close()


def http(status: int, body: bytes) -> bytes:
    return b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%b" % (status, len(body), body)


def test_a_tally_counts_answers_by_status_and_what_was_not_answered() -> None:
    with stub(http(200, BODY), http(429, b"{}"), b"") as url:
        tally = drive(flood(url, ASKED, connections=4, seconds=1.0))
    assert tally.statuses.keys() == {200, 429} and tally.unanswered > 10
    assert tally.scored == 3 * tally.statuses[200] == 3 * len(tally.milliseconds)
    assert tally.sent == tally.statuses.total() + tally.unanswered
    assert tally.per_second == tally.scored / tally.seconds


def test_requests_come_at_the_rate_that_is_asked_for() -> None:
    with stub(http(200, BODY)) as url:
        tally = drive(arrive(url, ASKED, rate=200, connections=4, seconds=0.5))
    assert tally.statuses == {200: 100} and 0.45 < tally.seconds < 30


def test_percentiles() -> None:
    tally = Tally(milliseconds=[float(n) for n in range(100, 0, -1)])
    assert (tally.percentile(0.5), tally.percentile(0.99), tally.percentile(1)) == (51, 100, 100)
    assert Tally().percentile(0.5) == 0


def test_every_case_is_another_one() -> None:
    items = groups(20, 60)
    assert len({item.question for item in items}) == 60
    assert [len(item.completions) for item in singles(items)] == [1] * 480
    [asked] = requests(items[:1], "X-Request-Id: a")
    head, _, body = asked.sent.partition(b"\r\n\r\n")
    assert b"X-Request-Id: a" in head and json.loads(body)["items"][0]["id"] == items[0].id
    assert asked.completions == 8


def test_an_account_tells_right_answers_from_others() -> None:
    known = [Known(post(b"{}"), BODY.partition(b',"scorer":')[0], 2)]
    other = BODY.replace(b"null", b'"x"')
    failed = BODY.replace(b"null", b'"scorer_error"')
    error = b'{"error":{"code":"overloaded"}}'
    answers = (http(200, BODY), http(200, other), http(200, failed), http(429, error), b"")
    account = Account()

    class Unused(_Fresh):
        def __init__(self) -> None:
            """Never asked: the chances below are all for known requests."""

    class Always(random.Random):
        def random(self) -> float:
            account.ending = account.sent >= 10
            return 0.9

    with stub(*answers) as url:
        drive(_ask_on(clients(url, 1)[0], known, Unused(), account, Always()))
    assert (account.same, account.different, account.abstained) == (3, 3, 3)
    assert account.errors == {"429 overloaded": 3}
    assert account.unanswered == 2 and account.refused_at_end == 1
    account.logged = account.answered + 1
    assert account.lost == 3


def test_the_soak_loses_nothing() -> None:
    result = CliRunner().invoke(app, ["soak", "--minutes", "0.05", "--words", "20"])
    assert result.exit_code == 0, result.output
    assert "| lost | 0 |" in result.stdout
    assert "| SIGTERM under load | exit status 0;" in result.stdout
    assert "| scoring process killed | 1, 0 |" in result.stdout


def test_the_load_command_fills_its_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    class Instant:
        def __init__(self, *_: object) -> None:
            """Takes what the scorer takes."""

        def score(self, _: object) -> None:
            time.sleep(0.001)

    monkeypatch.setattr(load_module, "LOADS", (0.5, 1.2))
    monkeypatch.setattr(load_module, "CONNECTIONS", (8,))
    monkeypatch.setattr(load_module, "_ROUNDS", 1)
    monkeypatch.setattr(load_module, "Scorer", Instant)
    with stub(http(200, BODY), http(200, BODY), http(429, b"{}")) as url:
        server = Server(url, psutil.Process(), 0.0)
        monkeypatch.setattr(load_module, "running_server", lambda *_, **__: nullcontext(server))
        arguments = ["load", "--words", "20", "--seconds", "0.4", "--workers", "5"]
        result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    ratio, capacity, loads = (table.splitlines() for table in result.stdout.strip().split("\n\n"))
    assert [line.split(" | ")[0] for line in ratio[2:]] == ["| singles", "| groups of 8"]
    assert [line.split(" | ")[0] for line in capacity[2:]] == ["| 1", "| 2", "| 4", "| 5"]
    assert len(loads) == 6 and loads[2].startswith("| singles | 50% | 8 |")
    assert all(" × 200, " in line and " × 429 | 0 |" in line for line in loads[2:])

"""Clients in threads, in running loops, interrupted, closed, pickled, forgotten."""

from __future__ import annotations

import asyncio
import gc
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Never

import httpx
import pytest
from reward_stub import QUICK, Stub, group, item

from trainer import AsyncRewardClient, RewardClient
from trainer.client import ClientClosedError, Timeouts

Make = Callable[..., RewardClient]


class Hanging:
    """A transport that describes itself and then never answers; it tells what became of calls."""

    def __init__(self) -> None:
        self.stub = Stub()
        self.hangs = threading.Event()
        self.cancelled = threading.Event()

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/objectives":
            return self.stub(request)
        self.hangs.set()
        try:
            await asyncio.sleep(60)
        finally:
            self.cancelled.set()
        raise AssertionError("nobody waits this long")


@pytest.fixture
def threads() -> Callable[[], int]:
    """Counts the clients' threads that the test has brought."""
    before = set(threading.enumerate())

    def count() -> int:
        new = set(threading.enumerate()) - before
        return sum(thread.name == "reward-client" for thread in new)

    return count


def test_importing_the_package_loads_no_machine_learning() -> None:
    code = (
        "import sys, trainer; heavy = {'torch', 'transformers', 'trl', 'datasets', 'numpy'};"
        "print(*sorted(heavy & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "\n", "")


def test_nothing_is_opened_before_the_first_call(threads: Callable[[], int]) -> None:
    RewardClient("http://127.0.0.1:1").close()
    AsyncRewardClient("http://127.0.0.1:1")
    assert threads() == 0


def test_many_threads_share_a_client(client_of: Make, threads: Callable[[], int]) -> None:
    client = client_of(Stub())
    calls = [[group(f"q{number}", 1 + number % 7)] for number in range(60)]
    with ThreadPoolExecutor(8) as pool:
        batches = list(pool.map(client.score, calls))
    assert [batch.items[0].id for batch in batches] == [f"q{number}" for number in range(60)]
    assert [batch.completions for batch in batches] == [1 + number % 7 for number in range(60)]
    assert threads() == 1


def test_the_plain_client_works_inside_a_running_loop(client_of: Make) -> None:
    async def run() -> int:
        return client_of(Stub()).score([item("a", "x")]).completions

    assert asyncio.run(run()) == 1


def test_an_async_client_follows_from_one_loop_to_the_next() -> None:
    client = AsyncRewardClient("http://reward", retries=QUICK, transport=Stub().transport)

    async def run() -> int:
        return (await client.score([item("a", "x")])).completions

    assert asyncio.run(run()) == asyncio.run(run()) == 1

    async def elsewhere() -> None:
        await run()
        with pytest.raises(RuntimeError, match="in use in another event loop"):
            await asyncio.to_thread(asyncio.run, run())

    asyncio.run(elsewhere())


def test_an_interrupt_cancels_the_call_and_leaves_a_client_that_works(
    threads: Callable[[], int],
) -> None:
    hanging = Hanging()
    client = RewardClient("http://reward", transport=httpx.MockTransport(hanging))

    def interrupt() -> None:
        assert hanging.hangs.wait(30)
        main = threading.main_thread().ident
        assert main is not None
        signal.pthread_kill(main, signal.SIGINT)

    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        client.score([item("a", "x")])
    assert hanging.cancelled.wait(30)
    assert client.describe().names == ("accuracy", "coverage")
    client.close()
    assert threads() == 0


def test_an_interrupt_while_the_call_is_handed_over_cancels_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hanging = Hanging()
    hand_over = asyncio.run_coroutine_threadsafe

    def interrupted(coroutine: Coroutine[Any, Any, Any], loop: asyncio.AbstractEventLoop) -> Never:
        hand_over(coroutine, loop)
        assert hanging.hangs.wait(30)
        raise KeyboardInterrupt

    with RewardClient("http://reward", transport=httpx.MockTransport(hanging)) as client:
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(asyncio, "run_coroutine_threadsafe", interrupted)
            client.score([item("a", "x")])
        assert hanging.cancelled.wait(30)
        assert client.describe().names == ("accuracy", "coverage")


def test_a_cancelled_task_cancels_its_requests() -> None:
    hanging = Hanging()

    async def run() -> None:
        transport = httpx.MockTransport(hanging)
        async with AsyncRewardClient("http://reward", transport=transport) as client:
            call = asyncio.create_task(client.score([item("a", "x")]))
            while not hanging.hangs.is_set():
                await asyncio.sleep(0.001)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call

    asyncio.run(run())
    assert hanging.cancelled.is_set()


def test_closing_ends_calls_under_way_and_refuses_new_ones(threads: Callable[[], int]) -> None:
    hanging = Hanging()
    client = RewardClient("http://reward", transport=httpx.MockTransport(hanging))
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(client.score, [item("a", "x")])
        assert hanging.hangs.wait(30)
        client.close()
        with pytest.raises(ClientClosedError, match="the client is closed"):
            call.result(30)
    assert hanging.cancelled.is_set() and threads() == 0
    client.close()
    with pytest.raises(ClientClosedError):
        client.describe()
    assert repr(client) == "<RewardClient http://reward, no key, closed>"


def test_a_closed_async_client_refuses_calls() -> None:
    async def run() -> None:
        client = AsyncRewardClient("http://reward", transport=Stub().transport)
        await client.close()
        with pytest.raises(ClientClosedError):
            await client.score([item("a", "x")])

    asyncio.run(run())


def test_a_client_that_is_forgotten_ends_its_thread(threads: Callable[[], int]) -> None:
    client = RewardClient("http://reward", transport=Stub().transport)
    client.describe()
    assert threads() == 1
    del client
    gc.collect()
    deadline = time.monotonic() + 30
    while threads():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_pickled_client_is_a_fresh_one_with_the_same_options() -> None:
    for kind in (RewardClient, AsyncRewardClient):
        client = kind("http://reward", api_key="k-secret", timeouts=Timeouts(total=7.0))
        copy = pickle.loads(pickle.dumps(client))
        assert type(copy) is kind and repr(copy) == repr(client)
        assert copy._core.config.timeouts == Timeouts(total=7.0)
        request = httpx.Request("GET", "http://reward")
        next(copy._core.config.key.auth_flow(request))
        assert request.headers["authorization"] == "Bearer k-secret"


def test_a_program_that_never_closes_its_client_ends() -> None:
    code = (
        "import httpx\n"
        "from trainer import RewardClient\n"
        "def refuse(request):\n"
        "    return httpx.Response(404)\n"
        "client = RewardClient('http://reward', transport=httpx.MockTransport(refuse))\n"
        "try:\n"
        "    client.describe()\n"
        "except Exception as error:\n"
        "    print(type(error).__name__)\n"
    )
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-c", code], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "ServiceRefusedError\n", "")

"""Worker processes: same answers for any number, and a bad completion costs only itself."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Callable
from typing import Any

import pytest
from fake_scorer import FakeScorer
from server_helpers import wait_until

from reward_service.server.workers import NotReadyError, Pool
from reward_service.wire import Item, ScoreRequest
from reward_service.wire.errors import OverloadedError, PipelineError, RequestError

MakePool = Callable[..., Pool]


def request_of(*groups: list[str], **more: Any) -> ScoreRequest:
    items = [Item(id=str(i), question="q", completions=group) for i, group in enumerate(groups)]
    return ScoreRequest(items=items, **more)


MIXED = request_of(*[[f"text {'x' * (i + n)}" for n in range(1 + i % 20)] for i in range(40)])


def scores(body: bytes) -> list[list[dict[str, Any]]]:
    return [item["scores"] for item in json.loads(body)["items"]]


def test_any_number_of_workers_gives_the_same_bytes(worker_pool: MakePool) -> None:
    expected = FakeScorer().score(MIXED).model_dump_json().encode()
    for workers in (1, 2, 3):
        pool = worker_pool(workers)
        bodies = [pool.submit(MIXED) for _ in range(3)]
        assert {future.result(20).body for future in bodies} == {expected}
        wait_until(lambda p=pool: p.queued_items == 0)  # type: ignore[misc]


@pytest.mark.parametrize("bad", ["CRASH", "RAISE", "HANG"])
def test_a_completion_that_breaks_the_scorer_costs_only_itself(
    worker_pool: MakePool, bad: str
) -> None:
    # The others take microseconds: with so much time only a process that hangs is late.
    pool = worker_pool(2, job_timeout=1.0, completion_timeout=1.0)
    body = pool.submit(request_of(["a", "b", bad, "d"], ["e"] * 20)).result(20).body
    first, second = scores(body)
    assert [s["reward"] is None for s in first] == [False, False, True, False]
    assert set(first[2]["abstentions"].values()) == {"scorer_error"}
    assert first[2]["objectives"].keys() == first[0]["objectives"].keys()
    assert first[2]["metrics"].keys() == first[0]["metrics"].keys()
    assert all(s["reward"] is not None for s in second)
    wait_until(lambda: pool.live_workers == 2 and pool.queued_items == 0)
    assert (pool.restarts > 0) == (bad != "RAISE")
    assert pool.ready


def test_a_killed_worker_is_replaced_and_its_job_done_again(worker_pool: MakePool) -> None:
    pool = worker_pool(1, 0.02)
    expected = FakeScorer().score(MIXED.model_copy(update={"items": MIXED.items[:8]}))
    future = pool.submit(MIXED.model_copy(update={"items": MIXED.items[:8]}))
    wait_until(lambda: pool._busy)
    os.kill(pool._engines[0].pid, signal.SIGKILL)  # type: ignore[attr-defined]
    assert future.result(20).body == expected.model_dump_json().encode()
    assert pool.restarts == 1


def test_a_killed_nursery_is_replaced_too(worker_pool: MakePool) -> None:
    pool = worker_pool(1)
    nursery = pool._engines[0]._nursery  # type: ignore[attr-defined]
    os.kill(nursery._process.pid, signal.SIGKILL)
    first, second = scores(pool.submit(request_of(["a", "CRASH", "b"])).result(20).body)[0][:2]
    assert first["reward"] is not None and second["reward"] is None


def test_a_scorer_that_cannot_be_loaded_is_the_pools_failure(worker_pool: MakePool) -> None:
    pool = worker_pool(2, "broken")
    assert isinstance(pool.failure, PipelineError) and "pip install" in str(pool.failure)
    assert not pool.ready
    with pytest.raises(NotReadyError):
        pool.submit(request_of(["a"]))


def test_what_the_scorer_refuses_is_refused(worker_pool: MakePool) -> None:
    future = worker_pool(2).submit(request_of(["a"] * 40, objectives=["accuracy", "beauty"]))
    with pytest.raises(RequestError) as error:
        future.result(20)
    assert error.value.path == "objectives[1]"


def test_the_queue_is_bounded_and_a_cancelled_request_leaves_it(
    gated_pool: MakePool, gate: threading.Event
) -> None:
    pool = gated_pool(items=3)
    running = pool.submit(request_of(["WAIT"] * 16, ["b"] * 16))
    waiting = pool.submit(request_of(["c"]))
    with pytest.raises(OverloadedError):
        pool.submit(request_of(["d"]))
    assert 1 <= pool.retry_after <= 60
    assert running.cancel() and pool.queued_items == 1
    gate.set()
    assert waiting.result(20).queue_seconds > 0


def test_a_small_request_overtakes_a_large_one(gated_pool: MakePool, gate: threading.Event) -> None:
    pool = gated_pool()
    both_there = threading.Event()
    pool.on_take = lambda _: both_there.wait(20)  # type: ignore[assignment]
    large = pool.submit(request_of(*(["WAIT" if n == 2 else "a"] * 16 for n in range(20))))
    small = pool.submit(request_of(["b"]))
    both_there.set()
    small.result(20)
    assert not large.done()
    gate.set()
    large.result(20)


def test_closing_fails_what_is_not_scored_yet(gated_pool: MakePool, gate: threading.Event) -> None:
    pool = gated_pool()
    future = pool.submit(request_of(["WAIT"]))
    future.add_done_callback(lambda _: gate.set())
    pool.close()
    with pytest.raises(NotReadyError):
        future.result(20)

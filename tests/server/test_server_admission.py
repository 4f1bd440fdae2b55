"""What enters the queue, in which turn it leaves, and what is dropped before that."""

from __future__ import annotations

import asyncio
import json
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter

import pytest
from fake_scorer import FakeScorer, load_fake
from hypothesis import given
from hypothesis import strategies as st
from server_helpers import Call, caller, wait_until

from reward_service.server import routes
from reward_service.server.admission import Admission, Watermarks
from reward_service.server.batch import Batch
from reward_service.server.jobs import LARGEST_JOB, LARGEST_JOB_CHARS
from reward_service.server.line import Line
from reward_service.server.nursery import LocalEngine
from reward_service.server.workers import DeadlineError, Pool
from reward_service.settings import Settings
from reward_service.wire import Item, ScoreRequest
from reward_service.wire.errors import OverloadedError

JSON = {"Content-Type": "application/json"}


def request_of(*groups: list[str]) -> ScoreRequest:
    items = [Item(id=str(n), question="q", completions=group) for n, group in enumerate(groups)]
    return ScoreRequest(items=items)


def batch_of(*groups: list[str], workers: int = 1) -> Batch:
    return Batch.of(request_of(*groups), label="", workers=workers)


@pytest.fixture
def slow_pool() -> Iterator[Callable[..., Pool]]:
    """Pools with one engine that takes 20 ms a completion."""
    made: list[Pool] = []

    def make(**marks: float) -> Pool:
        pool = Pool([LocalEngine(lambda: load_fake(0.02))], marks=Watermarks(**marks))  # type: ignore[arg-type]
        made.append(pool)
        pool.start()
        wait_until(lambda: pool.ready)
        return pool

    yield make
    for pool in made:
        pool.close()


def test_a_request_beyond_the_high_watermark_is_refused() -> None:
    queue = Admission(Watermarks(items=10, chars=1000, low=0.5))
    assert queue.enter(items=6, chars=600)
    assert not queue.enter(items=5, chars=1)
    assert (queue.items, queue.chars) == (6, 600)


def test_after_a_refusal_nothing_enters_until_the_low_watermark() -> None:
    queue = Admission(Watermarks(items=10, chars=1000, low=0.5))
    assert queue.enter(items=4, chars=301) and queue.enter(items=4, chars=400)
    assert not queue.enter(items=3, chars=1)
    assert not queue.enter(items=1, chars=1)  # there is room, but others wait for it
    queue.leave(items=4, chars=200)
    assert not queue.enter(items=1, chars=1)  # 4 items are below the mark, 501 characters are not
    queue.leave(items=0, chars=1)
    assert queue.enter(items=1, chars=1)


def test_characters_count_as_items_do() -> None:
    queue = Admission(Watermarks(items=10, chars=1000, low=1.0))
    assert queue.enter(items=1, chars=900)
    assert not queue.enter(items=1, chars=101)
    assert queue.enter(items=1, chars=100)


def test_an_empty_queue_takes_a_request_of_any_size() -> None:
    queue = Admission(Watermarks(items=10, chars=1000))
    assert queue.enter(items=256, chars=8_000_000)
    assert not queue.enter(items=1, chars=1)
    queue.leave(items=256, chars=8_000_000)
    assert queue.enter(items=1, chars=1)


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 900)), max_size=60))
def test_the_queue_holds_no_more_than_its_marks(sizes: list[tuple[int, int]]) -> None:
    queue, inside = Admission(Watermarks(items=12, chars=1500, low=0.5)), []
    for items, chars in sizes:
        if queue.enter(items=items, chars=chars):
            inside.append((items, chars))
        elif inside:
            items, chars = inside.pop(0)
            queue.leave(items=items, chars=chars)
        assert queue.items == sum(items for items, _ in inside)
        assert queue.chars == sum(chars for _, chars in inside)
        assert len(inside) == 1 or (queue.items <= 12 and queue.chars <= 1500)


def test_single_completions_that_wait_are_taken_together() -> None:
    line = Line()
    batches = [batch_of([f"text {n}"]) for n in range(40)]
    for batch in batches:
        line.enter(batch)
    taken = [line.take(engines=2) for _ in range(3)]
    assert [len(tasks) for tasks in taken] == [LARGEST_JOB, 12, 6]
    assert [t.batch for tasks in taken for t in tasks] == batches[:34]


def test_the_last_ones_are_shared_among_the_engines() -> None:
    line = Line()
    for n in range(4):
        line.enter(batch_of([f"text {n}"]))
    assert [len(line.take(engines=2)) for _ in range(3)] == [2, 1, 1]
    assert not line


def test_each_request_has_its_turn() -> None:
    line = Line()
    large, small = batch_of(*(["a"] * 16 for _ in range(3))), batch_of(["b"])
    line.enter(large)
    line.enter(small)
    order = [task.batch for _ in range(4) for task in line.take(engines=1)]
    assert order == [large, small, large, large]


def test_giant_texts_are_taken_one_by_one() -> None:
    line = Line()
    for _ in range(3):
        line.enter(batch_of(["x" * LARGEST_JOB_CHARS]))
    assert [len(line.take(engines=1)) for _ in range(3)] == [1, 1, 1]


def test_a_completion_that_is_tried_again_is_alone() -> None:
    line = Line()
    suspect, other = batch_of(["a", "b"]), batch_of(["c"])
    [task] = [*_entered(line, suspect).take(engines=1)]
    line.put_back(suspect, task.job.one_by_one())
    line.enter(other)
    line.put_back(suspect, [])
    taken = [line.take(engines=1) for _ in range(3)]
    assert [len(tasks) for tasks in taken] == [1, 1, 1]
    assert Counter(t.job.alone for tasks in taken for t in tasks) == {True: 2, False: 1}


def _entered(line: Line, batch: Batch) -> Line:
    line.enter(batch)
    return line


def test_a_dropped_batch_leaves_nothing_in_the_line() -> None:
    line = Line()
    gone, stays = batch_of(["a"] * 40), batch_of(["b"] * 3)
    line.enter(gone)
    line.enter(stays)
    line.take(engines=1)
    line.drop(gone)
    line.drop(gone)
    assert [task.batch for task in line.take(engines=1)] == [stays] and not line


def test_singles_from_many_clients_get_the_bytes_they_get_alone(
    gated_pool: Callable[..., Pool], gate: threading.Event
) -> None:
    pool = gated_pool()
    taken: list[int] = []
    pool.on_take = taken.append
    requests = [request_of([f"WAIT {'x' * n}"]) for n in range(30)]
    futures = [pool.submit(request) for request in requests]
    gate.set()
    bodies = [future.result(20).body for future in futures]
    assert bodies == [FakeScorer().score(r).model_dump_json().encode() for r in requests]
    assert sum(taken) == 30 and len(taken) <= 3


def test_an_answer_does_not_wait_for_those_it_travels_with(
    gated_pool: Callable[..., Pool], gate: threading.Event
) -> None:
    pool = gated_pool()
    taken: list[int] = []
    all_there = threading.Event()

    def on_take(completions: int) -> None:
        taken.append(completions)
        all_there.wait(20)

    pool.on_take = on_take
    pool.submit(request_of(["first"]))
    wait_until(lambda: taken)
    together = [pool.submit(request_of([text])) for text in ("a", "b", "WAIT", "c")]
    all_there.set()
    for future in together[:2]:
        future.result(20)
    assert taken == [1, 4] and not any(future.done() for future in together[2:])
    gate.set()
    for future in together[2:]:
        future.result(20)


def test_the_times_of_an_answer_are_its_own(slow_pool: Callable[..., Pool]) -> None:
    pool = slow_pool()
    begun = perf_counter()
    futures = [pool.submit(request_of([f"text {n}"])) for n in range(12)]
    entered = perf_counter()
    answers = [future.result(20) for future in futures]
    assert sum(answer.score_seconds for answer in answers) <= perf_counter() - begun
    assert all(answer.score_seconds > 0.019 for answer in answers)
    assert answers[-1].queue_seconds > 11 * 0.019 - (entered - begun)


def test_a_request_that_raises_does_not_spoil_its_neighbours(
    slow_pool: Callable[..., Pool],
) -> None:
    pool = slow_pool()
    futures = [pool.submit(request_of([text])) for text in ("a", "b", "RAISE", "c", "d")]
    rewards = [json.loads(f.result(20).body)["items"][0]["scores"][0]["reward"] for f in futures]
    assert [reward is None for reward in rewards] == [False, False, True, False, False]
    assert pool.retries == 1


def test_an_overload_is_refused_at_once_and_passes(
    gated_pool: Callable[..., Pool], gate: threading.Event
) -> None:
    pool = gated_pool(items=4, chars=1000, low=0.5)
    futures = [pool.submit(request_of(["WAIT"] * 4)) for _ in range(4)]
    with pytest.raises(OverloadedError, match=r"4 items with \d+ characters"):
        pool.submit(request_of(["a"]))
    with pytest.raises(OverloadedError):
        pool.submit(request_of(["x" * 2000]))
    gate.set()
    for future in futures:
        future.result(20)
    wait_until(lambda: (pool.queued_items, pool.queued_chars) == (0, 0))
    pool.submit(request_of(["x" * 2000])).result(20)


def test_what_is_not_begun_at_its_deadline_is_dropped(
    gated_pool: Callable[..., Pool], gate: threading.Event
) -> None:
    pool = gated_pool()
    scored: list[int] = []
    pool.on_take = scored.append
    first = pool.submit(request_of(["WAIT"] * 16))
    deadline = perf_counter() + 0.05
    late = pool.submit(request_of(["b"]), deadline=deadline)
    wait_until(lambda: perf_counter() > deadline)
    gate.set()
    with pytest.raises(DeadlineError):
        late.result(20)
    first.result(20)
    wait_until(lambda: pool.dropped == 1 and pool.queued_items == 0)
    assert scored == [16]


def test_a_deadline_from_the_header(gated_pool: Callable[..., Pool], gate: threading.Event) -> None:
    pool = gated_pool()
    call = caller(pool, Settings(request_timeout=30))
    body = {"items": [{"question": "q", "completions": ["WAIT"] * 60}]}
    response = call("POST", "/score", json=body, headers={"X-Request-Timeout": "0.15"})
    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (504, "timeout")
    assert error["message"] == "the request took longer than 0.15 s"
    wait_until(lambda: pool.queued_items == 0 and pool.dropped == 1)
    gate.set()
    small = {"items": [{"question": "q", "completions": ["a"]}]}
    response = call("POST", "/score", json=small, headers={"X-Request-Timeout": "20"})
    assert response.status_code == 200


def test_the_header_cannot_ask_for_more_than_the_setting(gated_pool: Callable[..., Pool]) -> None:
    call = caller(gated_pool(), Settings(request_timeout=0.1))
    body = {"items": [{"question": "q", "completions": ["WAIT"]}]}
    response = call("POST", "/score", json=body, headers={"X-Request-Timeout": "9999"})
    assert response.json()["error"]["message"] == "the request took longer than 0.1 s"


@pytest.mark.parametrize("value", ["", "soon", "-1", "0", "0.0", "1e3", "inf", "nan", "1 s", "٣"])
def test_a_header_that_is_no_time_is_refused(call: Call, value: str) -> None:
    body = {"items": [{"question": "q", "completions": ["a"]}]}
    headers = {"X-Request-Timeout": value.encode("utf-8")}
    response = call("POST", "/score", json=body, headers=headers)
    assert response.status_code == 422
    assert "X-Request-Timeout: expected seconds above 0" in response.json()["error"]["message"]


def test_many_large_bodies_at_once_are_refused_before_they_fill_the_memory(
    slow_pool: Callable[..., Pool],
) -> None:
    settings = Settings(max_body_bytes=100_000, max_intake_bytes=150_000)
    call = caller(slow_pool(), settings)
    body = {"items": [{"question": "q", "context": "x" * 90_000, "completions": ["a"]}]}
    data = json.dumps(body).encode()
    half_read, refused = threading.Event(), threading.Event()

    async def slow_body() -> AsyncIterator[bytes]:
        yield data[:80_000]
        half_read.set()
        await asyncio.to_thread(refused.wait, 10)
        yield data[80_000:]

    with ThreadPoolExecutor() as threads:
        first = threads.submit(call, "POST", "/score", content=slow_body(), headers=JSON)
        assert half_read.wait(10)
        second = call("POST", "/score", json=body)
        refused.set()
        assert (second.status_code, second.headers["retry-after"]) == (429, "1")
        assert first.result(20).status_code == 200
    assert call("POST", "/score", json=body).status_code == 200


def test_a_fixed_item_that_is_not_scored_in_time_makes_the_service_unready(
    gated_pool: Callable[..., Pool], gate: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = gated_pool()
    call = caller(pool, Settings())
    assert call("GET", "/readyz").status_code == 200
    busy = pool.submit(request_of(["WAIT"]))
    with monkeypatch.context() as patch:
        patch.setattr(routes, "_PROBE_SECONDS", 0.15)
        wait_until(lambda: pool.idle_seconds > 0.15)
        response = call("GET", "/readyz")
    assert response.status_code == 503 and "within 0.15 s" in response.json()["error"]["message"]
    gate.set()
    busy.result(20)
    assert call("GET", "/readyz").status_code == 200

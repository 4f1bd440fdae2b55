"""An app over a fake scorer, called in process, and pools of real worker processes."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from fake_scorer import GatedScorer, load_fake
from server_helpers import Call, caller, wait_until

from reward_service.server.admission import Watermarks
from reward_service.server.nursery import LocalEngine, Nursery, WorkerEngine
from reward_service.server.workers import Pool
from reward_service.settings import Settings


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"REWARD_{name.upper()}", raising=False)


@pytest.fixture(scope="module")
def local_pool() -> Iterator[Pool]:
    """The fake scorer in a thread."""
    pool = Pool([LocalEngine(load_fake)])
    pool.start()
    wait_until(lambda: pool.ready)
    yield pool
    pool.close()


@pytest.fixture
def call(local_pool: Pool) -> Call:
    return caller(local_pool, Settings())


@pytest.fixture
def worker_pool() -> Iterator[Callable[..., Pool]]:
    """Makes pools of worker processes with the fake scorer; they end with the test."""
    made: list[Pool] = []

    def make(workers: int, config: object = None, **options: Any) -> Pool:
        nursery = Nursery(config, factory="fake_scorer:load_fake")
        engines = [WorkerEngine(nursery) for _ in range(workers)]
        pool = Pool(engines, on_close=nursery.close, **options)
        made.append(pool)
        pool.start()
        wait_until(lambda: pool.ready or pool.failure)
        return pool

    yield make
    for pool in made:
        pool.close()


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """What completions with WAIT in a `gated_pool` wait for."""
    gate = threading.Event()
    yield gate
    gate.set()


@pytest.fixture
def gated_pool(gate: threading.Event) -> Iterator[Callable[..., Pool]]:
    """Makes pools with one engine, in a thread, that `gate` can hold up."""
    made: list[Pool] = []

    def make(**marks: float) -> Pool:
        scorer = GatedScorer(gate)
        engine = LocalEngine(lambda: load_fake()._replace(scorer=scorer))
        pool = Pool([engine], marks=Watermarks(**marks))  # type: ignore[arg-type]
        made.append(pool)
        pool.start()
        wait_until(lambda: pool.ready)
        return pool

    yield make
    gate.set()
    for pool in made:
        pool.close()

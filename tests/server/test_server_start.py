"""What must not serve does not start, or does not come back, and says why."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from fake_scorer import load_fake
from server_helpers import wait_until

from reward_service.server import nursery as nursery_module
from reward_service.server.loading import load
from reward_service.server.nursery import LocalEngine, Nursery, WorkerEngine
from reward_service.server.self_score import SELF_SCORE_REQUEST, is_self_score
from reward_service.server.workers import NotReadyError, Pool
from reward_service.settings import Settings
from reward_service.vocabulary.vocabulary import DEFAULT_PATH
from reward_service.wire import Item, ScoreRequest
from reward_service.wire.errors import PipelineError

REQUEST = ScoreRequest(items=[Item(question="q", completions=["a"])])


def started(engines: list[WorkerEngine], nursery: Nursery) -> Pool:
    pool = Pool(engines, on_close=nursery.close)
    pool.start()
    wait_until(lambda: pool.ready or pool.failure, 60)
    return pool


def _half_written(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _of_another_format(data: bytes) -> bytes:
    return data.replace(b"CRPO-VOCABULARY 1 ", b"CRPO-VOCABULARY 2 ", 1)


def _of_other_content(data: bytes) -> bytes:
    magic, version, _ = data.partition(b"\n")[0].split(b" ")
    return b" ".join((magic, version, b"0" * 64)) + data[data.index(b"\n") :]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_half_written, "is damaged"),
        (_of_another_format, "has vocabulary format 2, expected 1"),
        (_of_other_content, "its checksum does not fit"),
    ],
)
def test_a_wrong_vocabulary_file_is_refused(
    tmp_path: Path, change: Callable[[bytes], bytes], message: str
) -> None:
    path = tmp_path / "vocabulary.bin"
    path.write_bytes(change(DEFAULT_PATH.read_bytes()))
    nursery = Nursery(path, factory="odd_loading:load_with_vocabulary")
    pool = started([WorkerEngine(nursery)], nursery)
    assert isinstance(pool.failure, PipelineError) and message in str(pool.failure)
    assert str(path) in str(pool.failure) and not pool.ready
    with pytest.raises(NotReadyError):
        pool.submit(REQUEST)
    pool.close()


def test_another_fingerprint_than_the_one_asked_for_is_refused() -> None:
    found = load(Settings()).scorer.identity.fingerprint
    assert load(Settings(fingerprint=found)).scorer.identity.fingerprint == found
    with pytest.raises(PipelineError, match=f"has the fingerprint {found}, not 0123 as REWARD_"):
        load(Settings(fingerprint="0123"))


def test_what_was_installed_while_the_service_ran_does_not_score(tmp_path: Path) -> None:
    version = tmp_path / "version"
    version.write_text("old")
    nursery = Nursery(version, factory="odd_loading:load_version")
    engines = [WorkerEngine(nursery) for _ in range(2)]
    pool = started(engines, nursery)
    assert pool.submit(REQUEST).result(20).scores
    version.write_text("new")
    assert nursery._process is not None
    os.kill(nursery._process.pid, signal.SIGKILL)
    first = engines[0].pid
    assert first is not None
    os.kill(first, signal.SIGKILL)

    def one_is_left() -> bool:
        """The other worker goes on with what it loaded; the dead one shows when its turn comes."""
        assert b'"fingerprint":"old"' in pool.submit(REQUEST).result(20).body
        return pool.live_workers == 1

    wait_until(one_is_left)
    second = engines[1].pid
    assert second is not None
    os.kill(second, signal.SIGKILL)
    with pytest.raises(NotReadyError):
        pool.submit(REQUEST).result(60)
    wait_until(lambda: pool.failure)
    assert "fingerprint old → new): restart the service" in str(pool.failure)
    pool.close()


def test_a_stopped_worker_that_does_not_take_a_large_job_is_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(nursery_module, "_STALL_SECONDS", 1.5)
    nursery = Nursery(None, factory="fake_scorer:load_fake")
    engine = WorkerEngine(nursery)
    pool = started([engine], nursery)
    assert engine.pid is not None
    os.kill(engine.pid, signal.SIGSTOP)
    large = ScoreRequest(items=[Item(question="q", context="x" * 5_000_000, completions=["a"])])
    assert pool.submit(large).result(30).scores
    assert pool.restarts == 1
    pool.close()


def test_the_self_score_knows_its_scores() -> None:
    pool = Pool([LocalEngine(load_fake)])
    pool.start()
    wait_until(lambda: pool.ready)
    right, wrong = pool.submit(SELF_SCORE_REQUEST).result(20).scores[0]
    assert is_self_score([right, wrong])
    assert not is_self_score([wrong, right]) and not is_self_score([right])
    failed = wrong._replace(abstentions={"coverage": "scorer_error"})
    assert not is_self_score([right, failed])
    pool.close()

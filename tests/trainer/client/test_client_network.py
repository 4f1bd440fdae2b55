"""The client over real sockets: faults of a network, a fork, a flood."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from faulty_server import faulty_server
from reward_stub import QUICK, group, item

from trainer import RewardClient
from trainer.client import (
    Batching,
    Retries,
    ServiceUnavailableError,
    Timeouts,
    TooManyFailuresError,
)

ONE_EACH = Batching(completions=1, gzip_from_bytes=0)


def test_every_completion_is_scored_in_spite_of_faults() -> None:
    faults = ["drop", "503", "cut"] * 8
    patient = Retries(attempts=25, first=0.001, longest=0.002)
    with (
        faulty_server(*faults) as server,
        RewardClient(server.url, retries=patient, batching=ONE_EACH, max_connections=4) as client,
    ):
        batch = client.score([group(f"q{number}", 5) for number in range(12)])
    assert server.seen == {"drop": 8, "503": 8, "cut": 8, "whole": 60}
    assert (batch.failed, batch.retries, batch.requests) == (0, 24, 60 + 24 + 1)
    expected = [(n + 1) / 100 for n in range(5)] * 12
    assert [score.objectives["coverage"] for score in batch] == expected


def test_a_slow_answer_is_given_up_and_asked_for_again() -> None:
    with (
        faulty_server("slow") as server,
        RewardClient(server.url, retries=QUICK, timeouts=Timeouts(read=1.0)) as client,
    ):
        begun = time.monotonic()
        batch = client.score([item("a", "right")])
        assert 1.0 <= time.monotonic() - begun < 30
    assert (batch.failed, batch.retries) == (0, 1) and server.seen == {"slow": 1, "whole": 1}


def test_an_answer_that_never_ends_cannot_pass_the_deadline() -> None:
    with (
        faulty_server("drip") as server,
        RewardClient(server.url, timeouts=Timeouts(read=1.0, total=1.5)) as client,
    ):
        with pytest.raises(TooManyFailuresError, match=r"deadline: no answer within 1\.5 s") as e:
            client.score([item("a", "right")])
        assert 1.4 < e.value.batch.seconds < 30.0
        assert client.score([item("a", "right")], objectives=["accuracy"]).failed == 0


def test_a_port_where_nothing_listens() -> None:
    with faulty_server() as server:
        url = server.url
    with (
        RewardClient(url, retries=Retries(attempts=2, first=0.001)) as client,
        pytest.raises(ServiceUnavailableError, match=r"ConnectError: .*; tried 2 times"),
    ):
        client.describe()


def test_connections_are_kept_and_never_more_than_allowed() -> None:
    with (
        faulty_server() as server,
        RewardClient(server.url, batching=ONE_EACH, max_connections=3) as client,
    ):
        for _ in range(4):
            assert client.score([group("q", 20)]).failed == 0
    assert server.seen == {"whole": 80} and server.connections <= 3


FORK = """
import os, sys
sys.path.insert(0, {folder!r})
from reward_stub import item
from trainer import RewardClient
client = RewardClient({url!r})
assert client.score([item("a", "right")]).failed == 0
child = os.fork()
for _ in range(3):
    assert client.score([item("a", "right")]).failed == 0
if child:
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    print("both")
"""


def test_a_forked_process_opens_connections_of_its_own() -> None:
    with faulty_server() as server:
        code = FORK.format(folder=str(Path(__file__).parent), url=server.url)
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, timeout=60
        )
    assert (done.returncode, done.stdout, done.stderr) == (0, "both\n", "")
    assert server.seen == {"whole": 7} and server.connections == 2

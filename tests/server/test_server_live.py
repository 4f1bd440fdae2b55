"""The service as a process: real scorer, real worker processes, real HTTP on the loopback."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx
import psutil

from reward_service import score

SERVE = """
import sys
from reward_service.server.run import serve
from reward_service.settings import Settings
from reward_service.wire.errors import RewardServiceError
try:
    serve(Settings.load(port=0))
except RewardServiceError as error:
    sys.exit(f"error: {error}")
"""

CASE = (
    "A 47-year-old woman has had fever and a productive cough for 3 days. She has no chest pain. "
    "Her temperature is 38.9°C (102°F). Which of the following is the most likely diagnosis?"
)
OPTIONS = {"A": "Pneumonia", "B": "Pulmonary embolism", "C": "Asthma"}


def group(number: int) -> list[str]:
    """Rollouts that differ, so that a mixed-up order would show."""
    return [
        f"<dx>She has fever and a cough for {day} days, so an infection is likely, and without "
        f"chest pain an embolism is less so.</dx><conclusion>\\boxed{{{letter}}}</conclusion>"
        for day in range(1, 2 + number % 5)
        for letter in "AB"
    ]


def body_of(items: int) -> dict[str, Any]:
    return {
        "items": [
            {
                "id": f"case-{number}",
                "question": CASE.replace("47", str(30 + number)),
                "options": OPTIONS,
                "answer": "A",
                "completions": group(number),
            }
            for number in range(items)
        ]
    }


def environment_with(settings: Mapping[str, str]) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("REWARD_")}
    return clean | {f"REWARD_{name}": value for name, value in settings.items()}


@contextmanager
def service(**environment: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A running service: its URL and process. It is stopped at the end."""
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE],
        env=environment_with(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None and process.stderr is not None
    try:
        line = process.stdout.readline()
        assert line.startswith("ready: http://"), line + process.stderr.read()
        yield line.removeprefix("ready: ").strip(), process
    finally:
        process.terminate()
        try:
            process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise


def items_of(response: httpx.Response) -> bytes:
    """The answer's `items` as they were sent."""
    assert response.status_code == 200, response.text
    return response.content.partition(b',"scorer":')[0]


def test_the_same_bytes_for_any_number_of_workers_and_any_order() -> None:
    body = body_of(12)
    expected = score(body).model_dump_json().encode().partition(b',"scorer":')[0]
    for workers in ("1", "2"):
        with service(WORKERS=workers) as (url, _), httpx.Client(base_url=url) as client:
            assert items_of(client.post("/score", json=body)) == expected
            single = [
                items_of(client.post("/score", json={"items": [item]})) for item in body["items"]
            ]
            joined = b",".join(part[len(b'{"items":[') : -1] for part in single)
            assert b'{"items":[' + joined + b"]" == expected
            back = client.post("/score", json={"items": body["items"][::-1]}).json()["items"][::-1]
            assert back == json.loads(expected + b"}")["items"]
            assert client.get("/readyz").status_code == 200


def test_a_stop_signal_lets_running_requests_finish_and_leaves_nothing_behind() -> None:
    with service(WORKERS="2") as (url, process):
        answers: list[httpx.Response] = []
        thread = threading.Thread(
            target=lambda: answers.append(httpx.post(f"{url}/score", json=body_of(100), timeout=60))
        )
        thread.start()
        while "queue_items 0.0" in httpx.get(f"{url}/metrics").text and not answers:
            time.sleep(0.005)
        children = psutil.Process(process.pid).children(recursive=True)
        assert len(children) == 3  # the nursery and two workers
        process.send_signal(signal.SIGTERM)
        thread.join(60)
        assert len(answers[0].json()["items"]) == 100
        assert process.wait(30) == 0
        assert psutil.wait_procs(children, timeout=30)[1] == []


def test_a_front_that_is_killed_takes_its_workers_with_it() -> None:
    with service(WORKERS="2") as (_, process):
        children = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        assert psutil.wait_procs(children, timeout=30)[1] == []


def start_error(code: str = SERVE, **environment: str) -> str:
    """What a start that fails writes to stderr."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment_with(environment),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 1 and done.stdout == ""
    return done.stderr


def test_a_setting_that_cannot_work_ends_the_start_with_a_message() -> None:
    assert "error: REWARD_PROT: unknown setting; did you mean" in start_error(PROT="1")
    assert "no_such_model" in start_error(PIPELINE="no_such_model", WORKERS="2")
    assert "beauty" in start_error(WEIGHTS="beauty=1", WORKERS="1")


def test_a_port_in_use_ends_the_start_with_a_message() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        error = start_error(SERVE.replace("port=0", f"port={port}"))
    assert f"cannot listen on 127.0.0.1:{port}" in error

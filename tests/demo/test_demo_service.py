"""The demonstration's own service: started, waited for, always stopped."""

from __future__ import annotations

import os
import sys
import textwrap
from pathlib import Path

import httpx
import pytest

from reward_service.demo.scoring import DemoError
from reward_service.demo.service import running_service, serve_command, wait_until_ready

READY_AT_ONCE = textwrap.dedent(
    """
    import os, sys
    from http.server import BaseHTTPRequestHandler, HTTPServer

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200 if self.path == "/readyz" else 404)
            self.end_headers()

    with open(sys.argv[2], "w") as file:
        file.write(str(os.getpid()))
    HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
    """
)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_service_runs_inside_the_block_only(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    with running_service(
        command=lambda port: [sys.executable, "-c", READY_AT_ONCE, str(port), str(pid_file)]
    ) as url:
        assert httpx.get(f"{url}/readyz", trust_env=False).status_code == 200
        pid = int(pid_file.read_text())
        assert alive(pid)
    assert not alive(pid)


def test_it_is_stopped_when_the_block_fails(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    with (
        pytest.raises(KeyboardInterrupt),
        running_service(
            command=lambda port: [sys.executable, "-c", READY_AT_ONCE, str(port), str(pid_file)]
        ),
    ):
        raise KeyboardInterrupt
    assert not alive(int(pid_file.read_text()))


def test_a_service_that_dies_shows_the_end_of_its_log() -> None:
    script = "import sys; print('port taken', file=sys.stderr); sys.exit(3)"
    with (
        pytest.raises(
            DemoError, match=r"(?s)stopped before it was ready \(exit status 3\).*port taken"
        ),
        running_service(command=lambda port: [sys.executable, "-c", script]),
    ):
        pass


def test_a_service_that_hangs_is_given_up() -> None:
    script = "import time; print('loading', flush=True); time.sleep(60)"
    with (
        pytest.raises(DemoError, match=r"(?s)not ready after 1 s"),
        running_service(command=lambda port: [sys.executable, "-c", script], timeout_s=1.0),
    ):
        pass


def test_waiting_goes_on_until_ready() -> None:
    answers = iter([httpx.Response(503), httpx.Response(503), httpx.Response(200)])
    wait_until_ready("http://demo.test", transport=httpx.MockTransport(lambda _: next(answers)))


def test_waiting_says_what_the_service_answered() -> None:
    with pytest.raises(DemoError, match="/readyz answered 503"):
        wait_until_ready(
            "http://demo.test",
            timeout_s=0.0,
            transport=httpx.MockTransport(lambda _: httpx.Response(503)),
        )


def test_the_command_names_host_and_port() -> None:
    command = serve_command(8123)
    assert command[:3] == [sys.executable, "-m", "reward_service.cli"]
    assert command[3:] == ["serve", "--host", "127.0.0.1", "--port", "8123"]

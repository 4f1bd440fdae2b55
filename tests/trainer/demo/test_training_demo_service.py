"""The service that the training demonstration starts, or finds."""

from __future__ import annotations

import os
import sys
import textwrap
from pathlib import Path

import httpx
import pytest

from trainer.demo.errors import DemoError
from trainer.demo.service import running_service, serve_command

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


def test_a_started_service_is_stopped_whatever_happens(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    with (
        pytest.raises(KeyboardInterrupt),
        running_service(
            command=lambda port: [sys.executable, "-c", READY_AT_ONCE, str(port), str(pid_file)]
        ) as url,
    ):
        assert httpx.get(f"{url}/readyz", trust_env=False).status_code == 200
        # One that runs is used, and left running.
        with running_service(url) as same:
            assert same == url
        assert alive(int(pid_file.read_text()))
        raise KeyboardInterrupt
    assert not alive(int(pid_file.read_text()))


def test_a_service_that_dies_shows_the_end_of_its_log() -> None:
    script = "import sys; print('port taken', file=sys.stderr); sys.exit(3)"
    with (
        pytest.raises(DemoError, match=r"(?s)exit status 3.*port taken"),
        running_service(command=lambda port: [sys.executable, "-c", script]),
    ):
        pass


def test_no_service_is_said_in_time() -> None:
    with (
        pytest.raises(DemoError, match=r"http://127\.0\.0\.1:9 was not ready after 0\.3 s"),
        running_service("http://127.0.0.1:9", timeout_s=0.3),
    ):
        pass


def test_the_command_names_host_and_port() -> None:
    assert serve_command(8123)[3:] == [
        *("serve", "--host", "127.0.0.1", "--port", "8123", "--workers", "1")
    ]

"""The command, against a service that answers over a real socket."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NoReturn

import httpx
import pytest
from typer.testing import CliRunner

from reward_service.bundled import load_cases
from reward_service.demo import __main__ as command


@pytest.fixture
def url(fake: Any) -> Iterator[str]:
    service = fake()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            request = httpx.Request(self.command, f"http://demo.test{self.path}", content=body)
            response = service(request)
            self.send_response(response.status_code)
            self.send_header("content-length", str(len(response.content)))
            self.end_headers()
            self.wfile.write(response.content)

        do_POST = do_GET

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def _no_proxy_and_no_handler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setattr("signal.signal", lambda signum, handler: None)


def test_a_running_service_is_used_and_left_running(url: str, tmp_path: Path) -> None:
    path = tmp_path / "scores.json"
    result = CliRunner().invoke(
        command.app, ["--url", url, "--show", "haem-ttp:wrong", "--json", str(path)]
    )
    assert result.exit_code == 0, result.output
    assert "Mean scores by kind" in result.output
    assert f"curl -s {url}/score" in result.output
    assert "has been stopped" not in result.output
    assert len(json.loads(path.read_text("utf-8"))["scores"]) >= 6 * len(load_cases())
    assert httpx.get(f"{url}/readyz").status_code == 200


def test_a_wrong_choice_is_one_line_and_exit_status_1(url: str) -> None:
    result = CliRunner().invoke(command.app, ["--url", url, "--show", "haem-ttp:best"])
    assert result.exit_code == 1
    assert result.output.startswith("error: case haem-ttp has no completion 'best'")
    assert "Traceback" not in result.output


def test_an_interruption_is_exit_status_130(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*args: object, **kwargs: object) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "demonstrate", interrupt)
    result = CliRunner().invoke(command.app, ["--url", url])
    assert result.exit_code == 130
    assert "interrupted" in result.output

"""A reward service to learn from: one that runs, or one started here and stopped again."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence

import httpx

from trainer.demo.errors import DemoError

HOST = "127.0.0.1"
START_TIMEOUT_S = 90.0
STOP_TIMEOUT_S = 20.0
POLL_S = 0.1
LOG_LINES = 20


def serve_command(port: int) -> list[str]:
    """The service's command line, with one scoring process, run by this same Python."""
    command = [sys.executable, "-m", "reward_service.cli", "serve"]
    return [*command, "--host", HOST, "--port", str(port), "--workers", "1"]


@contextlib.contextmanager
def running_service(
    url: str | None = None,
    *,
    command: Callable[[int], Sequence[str]] = serve_command,
    timeout_s: float = START_TIMEOUT_S,
) -> Iterator[str]:
    """The URL of a service that is ready: the one at `url`, or a fresh one if that is None.

    A fresh one is stopped on the way out, whatever happens. Raises DemoError when there is none
    after `timeout_s` seconds, with the end of the log of one that was started here.
    """
    if url is not None:
        _wait_until_ready(url, None, timeout_s)
        yield url
        return
    port = _free_port()
    url = f"http://{HOST}:{port}"
    with tempfile.TemporaryFile() as log:
        # A session of its own: Ctrl-C reaches the demonstration alone, which then stops it.
        process = subprocess.Popen(
            command(port),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            try:
                _wait_until_ready(url, process, timeout_s)
            except DemoError as error:
                log.seek(0)
                lines = log.read().decode("utf-8", "replace").splitlines()[-LOG_LINES:]
                raise DemoError("\n".join([str(error), *lines])) from error
            yield url
        finally:
            _stop(process)


def _wait_until_ready(url: str, process: subprocess.Popen[bytes] | None, timeout_s: float) -> None:
    deadline = time.monotonic() + timeout_s
    last = "no answer"
    # Not through a proxy when the service is on this machine.
    with httpx.Client(base_url=url, timeout=5.0, trust_env=process is None) as client:
        while time.monotonic() < deadline:
            if process is not None and process.poll() is not None:
                raise DemoError(
                    "the service stopped before it was ready "
                    f"(exit status {process.returncode}); the end of its log:"
                )
            try:
                response = client.get("/readyz")
            except httpx.HTTPError as error:
                last = str(error) or type(error).__name__
            else:
                if response.status_code == httpx.codes.OK:
                    return
                last = f"/readyz answered {response.status_code}"
            time.sleep(POLL_S)
    raise DemoError(f"{url} was not ready after {timeout_s:g} s ({last})")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

"""A reward service of the demonstration's own: started, waited for, stopped."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import httpx

from reward_service.demo.scoring import DemoError

HOST = "127.0.0.1"
START_TIMEOUT_S = 90.0
STOP_TIMEOUT_S = 20.0
POLL_S = 0.1
POLL_TIMEOUT_S = 5.0
LOG_LINES = 25


def free_port() -> int:
    """A port that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def serve_command(port: int) -> list[str]:
    """The command line of the service, run by this same Python."""
    cli = [sys.executable, "-m", "reward_service.cli"]
    return [*cli, "serve", "--host", HOST, "--port", str(port)]


def wait_until_ready(
    url: str,
    *,
    timeout_s: float = START_TIMEOUT_S,
    still_running: Callable[[], bool] = lambda: True,
    trust_env: bool = True,
    transport: httpx.BaseTransport | None = None,
) -> None:
    """Return once `GET url/readyz` answers 200.

    `trust_env` = False goes past the proxies that the environment names. Raises DemoError after
    `timeout_s` seconds, or as soon as `still_running` says no.
    """
    deadline = time.monotonic() + timeout_s
    last = "no answer"
    with httpx.Client(
        base_url=url, timeout=POLL_TIMEOUT_S, trust_env=trust_env, transport=transport
    ) as client:
        while True:
            if not still_running():
                raise DemoError("the service stopped before it was ready")
            try:
                response = client.get("/readyz")
            except httpx.HTTPError as error:
                last = str(error) or type(error).__name__
            else:
                if response.status_code == httpx.codes.OK:
                    return
                last = f"/readyz answered {response.status_code}"
            if time.monotonic() > deadline:
                raise DemoError(f"{url} was not ready after {timeout_s:g} s ({last})")
            time.sleep(POLL_S)


@contextlib.contextmanager
def running_service(
    *, command: Callable[[int], Sequence[str]] = serve_command, timeout_s: float = START_TIMEOUT_S
) -> Iterator[str]:
    """The URL of a fresh service that is ready; it is stopped on the way out, whatever happens.

    Raises DemoError with the end of the service's log when it does not come up.
    """
    port = free_port()
    url = f"http://{HOST}:{port}"
    with tempfile.TemporaryDirectory(prefix="clinical-reward-demo-") as folder:
        log_path = Path(folder) / "service.log"
        with log_path.open("wb") as log:
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
                wait_until_ready(
                    url,
                    timeout_s=timeout_s,
                    still_running=lambda: process.poll() is None,
                    trust_env=False,
                )
            except DemoError as error:
                status = process.poll()
                exited = "" if status is None else f" (exit status {status})"
                raise DemoError(f"{error}{exited}\n{_log_tail(log_path)}") from error
            yield url
        finally:
            _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _log_tail(path: Path) -> str:
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_LINES:]
    return "the end of its log:\n" + "\n".join(lines) if lines else "it wrote no log"

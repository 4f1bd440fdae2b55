"""Run the service with uvicorn until SIGTERM or Ctrl-C; running requests are finished first."""

from __future__ import annotations

import resource
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType

import uvicorn

from reward_service.server.app import create_app, create_pool
from reward_service.server.connections import bounded_protocol
from reward_service.server.exposure import require_safe_address, tls_options
from reward_service.server.logs import configure_logging
from reward_service.server.workers import Pool
from reward_service.settings import PREFIX, Settings
from reward_service.wire.errors import SettingsError

_BACKLOG = 2048
_OTHER_FILES = 100
"""Files that the service needs beside its connections, among them those to its workers."""
_LAST_ANSWERS_SECONDS = 3
"""Time for the last answers, 503 for what could not be scored, to get through."""


def serve(settings: Settings) -> None:
    """Serve until a signal says stop. Prints one line with the URL once requests are scored.

    Raises SettingsError when the address cannot or must not be used, or keys or certificate cannot
    be read, and PipelineError or SettingsError when the scorer cannot be loaded.
    """
    configure_logging(settings.log_level, settings.log_format)
    require_safe_address(settings)
    tls = tls_options(settings)
    connections = min(settings.max_connections, max(1, _allowed_files() - _OTHER_FILES))
    pool = create_pool(settings)
    with _listen(settings.host, settings.port) as listener:
        url = _url(settings.host, listener.getsockname()[1], secure=bool(tls))
        server = _Server(
            pool,
            settings,
            uvicorn.Config(
                create_app(settings, pool),
                loop="uvloop",
                http=bounded_protocol(seconds=settings.body_timeout, most=connections),
                ws="none",
                lifespan="on",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=round(settings.shutdown_timeout + _LAST_ANSWERS_SECONDS),
                **tls,
            ),
        )

        def pool_changed() -> None:
            if pool.failure is not None:
                server.should_exit = True
            else:
                print(f"ready: {url}", flush=True)

        pool.on_change = pool_changed
        with _signals_end_quietly(server):
            server.run(sockets=[listener])
    if pool.failure is not None:
        raise pool.failure


class _Server(uvicorn.Server):
    """Uvicorn, which a signal first makes unready, then deaf, and which answers before it ends."""

    def __init__(self, pool: Pool, settings: Settings, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._pool = pool
        self._settings = settings

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        again = self._pool.draining
        self._pool.drain()
        delay = 0.0 if again else self._settings.shutdown_delay
        _later(self._settings.shutdown_timeout + delay, self._pool.give_up_waiting)
        if delay:
            _later(delay, partial(super().handle_exit, sig, frame))
        else:
            super().handle_exit(sig, frame)


def _later(seconds: float, call: Callable[[], None]) -> None:
    timer = threading.Timer(seconds, call)
    timer.daemon = True
    timer.start()


def _allowed_files() -> int:
    """How many files, connections among them, this process may have open.

    Systems often let a process have 1024, but more if it asks.
    """
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    except (ValueError, OSError):  # macOS names a limit that it does not grant
        return now
    return sys.maxsize if most == resource.RLIM_INFINITY else most


@contextmanager
def _signals_end_quietly(server: uvicorn.Server) -> Iterator[None]:
    """Uvicorn sends itself again the signal that stopped it; a clean stop should exit with 0.

    A signal that comes before uvicorn listens for it stops the server all the same.
    """

    def stop(*_: object) -> None:
        server.should_exit = True

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _url(host: str, port: int, *, secure: bool) -> str:
    scheme = "https" if secure else "http"
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        reason = error.strerror or str(error)
        raise SettingsError(
            f"{PREFIX}HOST and {PREFIX}PORT: cannot listen on {host}:{port}: {reason}"
        ) from None

"""Run the service with uvicorn until SIGTERM or Ctrl-C; running requests are finished first."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from reward_service.server.app import create_app, create_pool
from reward_service.server.logs import configure_logging
from reward_service.settings import PREFIX, Settings
from reward_service.wire.errors import SettingsError

_BACKLOG = 2048


def serve(settings: Settings) -> None:
    """Serve until a signal says stop. Prints one line with the URL once requests are scored.

    Raises SettingsError when the address cannot be used, and PipelineError or SettingsError when
    the scorer cannot be loaded.
    """
    configure_logging(settings.log_level)
    pool = create_pool(settings)
    with _listen(settings.host, settings.port) as listener, _signals_end_quietly():
        url = _url(settings.host, listener.getsockname()[1])
        server = uvicorn.Server(
            uvicorn.Config(
                create_app(settings, pool),
                loop="uvloop",
                http="httptools",
                ws="none",
                lifespan="on",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=max(1, round(settings.shutdown_timeout)),
            )
        )

        def pool_changed() -> None:
            if pool.failure is not None:
                server.should_exit = True
            else:
                print(f"ready: {url}", flush=True)

        pool.on_change = pool_changed
        server.run(sockets=[listener])
    if pool.failure is not None:
        raise pool.failure


@contextmanager
def _signals_end_quietly() -> Iterator[None]:
    """Uvicorn sends itself again the signal that stopped it; a clean stop should exit with 0."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {
        number: signal.signal(number, lambda *_: None) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        reason = error.strerror or str(error)
        raise SettingsError(
            f"{PREFIX}HOST and {PREFIX}PORT: cannot listen on {host}:{port}: {reason}"
        ) from None

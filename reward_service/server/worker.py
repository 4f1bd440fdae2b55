"""The scoring side of the worker processes: one process loads the scorer, then forks workers.

Started by `reward_service.server.nursery`, as `python -m reward_service.server.worker FD`. The
process that loads the scorer scores nothing itself. Its forks share the loaded vocabulary's memory
and are there in milliseconds, which also makes a dead worker cheap to replace. Forking is safe
here because this process has one thread; the front process has many.
"""

from __future__ import annotations

import gc
import os
import pickle
import resource
import signal
import sys
from importlib import import_module
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle
from pathlib import Path
from typing import Any, cast

from reward_service.server.catalogue import Loaded
from reward_service.server.jobs import execute
from reward_service.server.logs import configure_logging
from reward_service.server.self_score import check_self_score
from reward_service.wire.errors import RewardServiceError

_ADDRESS_SPACE = Path("/proc/self/statm")


def build(factory: str, config: object) -> Loaded:
    """Call the factory "package.module:name" with the config.

    Raises PipelineError or SettingsError when the scorer cannot be loaded.
    """
    module, _, name = factory.partition(":")
    return cast(Loaded, getattr(import_module(module), name)(config))


def main() -> None:
    """Load the scorer, report, then fork a worker for every connection that the front sends."""
    # The front decides when to stop: it closes the connections once running work is done.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    control: Connection[Any, Any] = Connection(int(sys.argv[1]))
    sys.path[:], log_options, factory, config, memory_mb = pickle.loads(control.recv_bytes())
    configure_logging(*log_options)
    try:
        loaded = build(factory, config)
        check_self_score(loaded.scorer)
    except RewardServiceError as error:
        control.send(error)
        return
    gc.collect()
    gc.freeze()  # objects that the collector does not touch stay shared between the forks
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # ended workers are reaped by the system
    control.send(None)
    try:
        while True:
            control.recv_bytes()
            _fork(control, recv_handle(control), loaded, memory_mb)
    except (EOFError, OSError):
        return


def _fork(control: Connection[Any, Any], handle: int, loaded: Loaded, memory_mb: int) -> None:
    child = os.fork()
    if child:
        os.close(handle)
        control.send(child)
        return
    try:
        control.close()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        _limit_memory(memory_mb)
        serve_jobs(Connection(handle), loaded)
    finally:
        os._exit(0)  # never back into the loop of the process that was forked


def _limit_memory(megabytes: int) -> None:
    """Let this process grow by so much and no more: what needs more fails with MemoryError.

    Counts address space. Without /proc (macOS), and for 0, there is no limit.
    """
    if megabytes and _ADDRESS_SPACE.exists():
        now = int(_ADDRESS_SPACE.read_text().split()[0]) * resource.getpagesize()
        most = now + megabytes * 1_000_000
        resource.setrlimit(resource.RLIMIT_AS, (most, resource.RLIM_INFINITY))


def serve_jobs(connection: Connection[Any, Any], loaded: Loaded) -> None:
    """Score what comes until the front goes away. The first message tells that this worker works.

    Each message holds a few requests; each of them is answered as soon as it is scored.
    """
    try:
        check_self_score(loaded.scorer)
        connection.send(loaded.catalogue)
        while True:
            for request in pickle.loads(connection.recv_bytes()):
                reply = execute(loaded.scorer, request)
                connection.send_bytes(pickle.dumps(reply, pickle.HIGHEST_PROTOCOL))
    except RewardServiceError as error:
        connection.send(error)
    except (EOFError, OSError):
        return


if __name__ == "__main__":
    main()

"""Front side of the worker processes: the nursery that forks them, and one connection to each.

    front ── Nursery ── process that holds the loaded scorer
      └───── WorkerEngine ── worker, a fork of it      (one per core)

`LocalEngine` is the same thing without processes: it scores in the calling thread.
"""

from __future__ import annotations

import logging
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.reduction import send_handle
from typing import Any, Protocol

from reward_service.server.catalogue import Catalogue, Loaded
from reward_service.server.jobs import Reply, execute
from reward_service.server.self_score import check_self_score
from reward_service.wire.errors import PipelineError, RewardServiceError
from reward_service.wire.request import ScoreRequest

DEFAULT_FACTORY = "reward_service.server.loading:load"

# Text analysis is one thread a process: more would fight over the same cores.
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

_STOP_SECONDS = 2.0


class EngineDied(Exception):
    """The process that was scoring a job is gone. The message says why."""


class Engine(Protocol):
    """Something that scores one job at a time."""

    def start(self) -> Catalogue:
        """Get ready, or ready again after EngineDied. Raises PipelineError when it cannot."""
        ...

    def run(self, request: ScoreRequest, *, timeout: float) -> Reply:
        """Score a job. Raises EngineDied when that took the process with it, or too long."""
        ...

    def close(self) -> None: ...


class LocalEngine:
    """Scores in the calling thread, with a scorer that `load` makes at the start."""

    def __init__(self, load: Callable[[], Loaded]) -> None:
        self._load = load
        self._loaded: Loaded | None = None

    def start(self) -> Catalogue:
        self._loaded = self._load()
        check_self_score(self._loaded.scorer)
        return self._loaded.catalogue

    def run(self, request: ScoreRequest, *, timeout: float) -> Reply:
        """Score a job. A thread cannot be stopped, so `timeout` does not apply."""
        if self._loaded is None:
            raise EngineDied("the scorer is not loaded")
        return execute(self._loaded.scorer, request)

    def close(self) -> None:
        """Nothing to end."""


class Nursery:
    """The process that holds the loaded scorer and forks workers on demand. Thread-safe.

    `factory` ("package.module:name") is called there with `config` (which must pickle).
    """

    def __init__(self, config: object, *, factory: str = DEFAULT_FACTORY) -> None:
        self._config = config
        self._factory = factory
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: Connection[Any, Any] | None = None
        self._hopeless: RewardServiceError | None = None

    def fork(self) -> tuple[int, Connection[Any, Any]]:
        """A new worker's process id and connection; loads the scorer when needed.

        Raises PipelineError (or SettingsError) when the scorer cannot be loaded.
        """
        with self._lock:
            if self._hopeless is not None:  # many workers ask; the reason is the same for all
                raise self._hopeless
            try:
                return self._fork()
            except (EOFError, OSError):  # it was killed: load the scorer anew, once
                self._stop()
            try:
                return self._fork()
            except (EOFError, OSError) as error:
                self._stop()
                self._hopeless = PipelineError("the process that loads the scorer ended early")
                raise self._hopeless from error

    def close(self) -> None:
        """End the process. Workers that are still there are not affected."""
        with self._lock:
            self._stop()

    def _fork(self) -> tuple[int, Connection[Any, Any]]:
        control = self._control or self._start()
        ours, theirs = Pipe(duplex=True)
        with theirs:
            control.send_bytes(b"fork")
            assert self._process is not None
            send_handle(control, theirs.fileno(), self._process.pid)
            return int(control.recv()), ours

    def _start(self) -> Connection[Any, Any]:
        ours, theirs = Pipe(duplex=True)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "reward_service.server.worker", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env={**os.environ, **_ONE_THREAD},
                # A terminal's Ctrl-C is for the front, which lets running work finish.
                start_new_session=True,
            )
        self._control = ours
        level = logging.getLogger("reward_service").getEffectiveLevel()
        start = (sys.path, logging.getLevelName(level), self._factory, self._config)
        ours.send_bytes(pickle.dumps(start))
        failure = ours.recv()
        if failure is not None:
            self._stop()
            self._hopeless = failure
            raise failure
        return ours

    def _stop(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None


class WorkerEngine:
    """One worker process, replaced by `start` when it has died."""

    def __init__(self, nursery: Nursery) -> None:
        self._nursery = nursery
        self._connection: Connection[Any, Any] | None = None
        self._pid = 0
        self._running = False

    def start(self) -> Catalogue:
        self.close()
        self._pid, self._connection = self._nursery.fork()
        try:
            hello = self._connection.recv()
        except (EOFError, OSError) as error:
            raise PipelineError("a scoring process ended before it was ready") from error
        if isinstance(hello, Catalogue):
            return hello
        raise hello

    def run(self, request: ScoreRequest, *, timeout: float) -> Reply:
        connection = self._connection
        if connection is None:
            raise EngineDied("the scoring process is not running")
        self._running = True
        try:
            connection.send_bytes(pickle.dumps(request, pickle.HIGHEST_PROTOCOL))
            if not connection.poll(timeout):
                self.close()
                raise EngineDied(f"the scoring process took more than {timeout:g} s")
            reply = pickle.loads(connection.recv_bytes())
        except (EOFError, OSError):
            self._running = False
            raise EngineDied("the scoring process ended") from None
        self._running = False
        assert isinstance(reply, Reply)
        return reply

    def close(self) -> None:
        """End the worker, in the middle of a job too."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        if self._running:  # an idle worker ends by itself when its connection closes
            self._running = False
            _kill(self._pid)
        connection.close()


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return

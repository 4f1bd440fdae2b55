"""Front side of the worker processes: the nursery that forks them, and one connection to each.

    front ── Nursery ── process that holds the loaded scorer
      └───── WorkerEngine ── worker, a fork of it      (one per core)

`LocalEngine` is the same thing without processes: it scores in the calling thread.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.reduction import send_handle
from typing import Any, Protocol

from reward_service.server.catalogue import Catalogue, Loaded
from reward_service.server.child import Child, await_message, bound_blocking, receive
from reward_service.server.jobs import Reply, execute
from reward_service.server.logs import logging_options
from reward_service.server.self_score import check_self_score
from reward_service.wire.errors import PipelineError, RewardServiceError
from reward_service.wire.request import ScoreRequest

DEFAULT_FACTORY = "reward_service.server.loading:load"

# Text analysis is one thread a process: more would fight over the same cores.
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

_STOP_SECONDS = 2.0
_LOAD_SECONDS = 120.0
_FORK_SECONDS = 10.0
_STALL_SECONDS = 5.0


class EngineDied(Exception):
    """The process that was scoring a job is gone. The message says why."""


class Engine(Protocol):
    """Something that scores a few requests at a time, one after the other."""

    def start(self) -> Catalogue:
        """Get ready, or ready again after EngineDied. Raises PipelineError when it cannot."""
        ...

    def run(self, requests: Sequence[ScoreRequest], *, timeout: float) -> Iterator[Reply]:
        """A reply for each request, in order, each as soon as it is there.

        Raises EngineDied when the request whose turn it is took the process with it, or took more
        than `timeout` seconds. Those behind it have not been begun then.
        """
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

    def run(self, requests: Sequence[ScoreRequest], *, timeout: float) -> Iterator[Reply]:
        """Score the requests. A thread cannot be stopped, so `timeout` does not apply."""
        if self._loaded is None:
            raise EngineDied("the scorer is not loaded")
        for request in requests:
            yield execute(self._loaded.scorer, request)

    def close(self) -> None:
        """Nothing to end."""


class Nursery:
    """The process that holds the loaded scorer and forks workers on demand. Thread-safe.

    `factory` ("package.module:name") is called there with `config` (which must pickle).
    `memory_mb` is what a worker may add to the memory that the loaded scorer takes; 0: no limit.
    """

    def __init__(
        self, config: object, *, factory: str = DEFAULT_FACTORY, memory_mb: int = 0
    ) -> None:
        self._config = config
        self._factory = factory
        self._memory_mb = memory_mb
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: Connection[Any, Any] | None = None
        self._has_loaded = False
        self._hopeless: RewardServiceError | None = None

    def fork(self) -> tuple[Child, Connection[Any, Any]]:
        """A new worker and the connection to it; loads the scorer when needed.

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
                failure = PipelineError("the process that loads the scorer ended early")
                self._hopeless = None if self._has_loaded else failure
                raise failure from error

    def close(self) -> None:
        """End the process. Workers that are still there are not affected."""
        with self._lock:
            self._stop()

    def _fork(self) -> tuple[Child, Connection[Any, Any]]:
        control = self._control or self._start()
        ours, theirs = Pipe(duplex=True)
        with theirs:
            control.send_bytes(b"fork")
            assert self._process is not None
            send_handle(control, theirs.fileno(), self._process.pid)
            child = Child(receive(control, _FORK_SECONDS, self._process.pid))
        bound_blocking(ours, _STALL_SECONDS)
        return child, ours

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
        start = (sys.path, logging_options(), self._factory, self._config, self._memory_mb)
        ours.send_bytes(pickle.dumps(start))
        failure = receive(ours, _LOAD_SECONDS, self._process.pid)
        if failure is not None:
            self._stop()
            self._hopeless = None if self._has_loaded else failure
            raise failure
        self._has_loaded = True
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
        self._child: Child | None = None

    @property
    def pid(self) -> int | None:
        """Number of the worker process, while there is one."""
        return None if self._child is None else self._child.pid

    def start(self) -> Catalogue:
        self.close()
        self._child, self._connection = self._nursery.fork()
        try:
            hello = receive(self._connection, _LOAD_SECONDS, self._child.pid)
        except (EOFError, OSError) as error:
            raise PipelineError("a scoring process ended before it was ready") from error
        if isinstance(hello, Catalogue):
            return hello
        raise hello

    def run(self, requests: Sequence[ScoreRequest], *, timeout: float) -> Iterator[Reply]:
        connection, child = self._connection, self._child
        if connection is None or child is None:
            raise EngineDied("the scoring process is not running")
        try:
            connection.send_bytes(pickle.dumps(tuple(requests), pickle.HIGHEST_PROTOCOL))
            for _ in requests:
                await_message(connection, timeout, child.pid)
                reply = pickle.loads(connection.recv_bytes())
                assert isinstance(reply, Reply)
                yield reply
        except TimeoutError as late:
            raise EngineDied(f"the scoring process {late}") from None
        except (EOFError, OSError):
            raise EngineDied("the scoring process ended") from None

    def close(self) -> None:
        """End the worker, in the middle of a job too."""
        connection, self._connection = self._connection, None
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.release()
        if connection is not None:
            connection.close()

"""A worker process as the front sees it: not its child, so it is known by handle, not by number."""

from __future__ import annotations

import os
import signal
import socket
import struct
from multiprocessing.connection import Connection
from time import perf_counter
from typing import Any

import psutil

_LOOK_SECONDS = 1.0
"""How often a process that is waited for is looked at: a stopped one need not be waited for."""


class Child:
    """A process that can be killed.

    On Linux the handle is a pidfd: the number of a process that has ended may belong to another
    one, which must not be killed. Raises ProcessLookupError when the process has ended already.
    """

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._handle = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else None

    def kill(self) -> None:
        """End it, whatever state it is in; no error if it has ended."""
        try:
            if self._handle is None:
                os.kill(self.pid, signal.SIGKILL)
            else:
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
        except ProcessLookupError:
            return

    def release(self) -> None:
        """Give the handle back."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def is_stopped(pid: int) -> bool:
    """Whether a signal (SIGSTOP) has stopped the process: it will not go on by itself."""
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_STOPPED)
    except psutil.Error:
        return False


def receive(connection: Connection[Any, Any], seconds: float, pid: int) -> Any:
    """The next object from the process `pid`.

    Raises TimeoutError (an OSError) when none comes in time or the process is stopped, and EOFError
    when it has ended.
    """
    await_message(connection, seconds, pid)
    return connection.recv()


def await_message(connection: Connection[Any, Any], seconds: float, pid: int) -> None:
    """Wait until the process `pid` begins to send something. Raises TimeoutError as `receive`."""
    deadline = perf_counter() + seconds
    while not connection.poll(min(_LOOK_SECONDS, max(0.0, deadline - perf_counter()))):
        if is_stopped(pid):
            raise TimeoutError("was stopped by a signal")
        if perf_counter() > deadline:
            raise TimeoutError(f"took more than {seconds:g} s")


def bound_blocking(connection: Connection[Any, Any], seconds: float) -> None:
    """Let a single write or read of the connection block for `seconds` at most.

    `await_message` bounds the wait for a message to begin; this bounds a peer that stops in its
    middle, or that does not take what it is sent. The error is an OSError.
    """
    timeout = struct.pack("ll", int(seconds), int(seconds % 1 * 1e6))
    with socket.socket(fileno=os.dup(connection.fileno())) as shared:
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            shared.setsockopt(socket.SOL_SOCKET, option, timeout)

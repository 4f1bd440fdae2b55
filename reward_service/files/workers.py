"""Long-lived worker processes, and results in the order of the input.

Each worker owns one end of a pipe and holds at most one batch, so little is in flight and a worker
notices at once when the main process is gone, even by `kill -9`. A worker that dies is replaced;
its batch is tried again row by row, and a row that kills its worker again becomes a bad row.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterable, Iterator, Sequence
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Any

from reward_service.files.readers.base import Row
from reward_service.files.scoring import (
    BatchResult,
    Facts,
    MakeScorer,
    RowOptions,
    RowScorer,
    bad_line,
)
from reward_service.files.totals import Totals
from reward_service.wire.errors import PipelineError, RewardServiceError

# Batches that may wait, finished, for an earlier one: per worker.
_READ_AHEAD = 8


class InProcess:
    """The same interface without processes: one worker, here."""

    def __init__(self, make_scorer: MakeScorer, options: RowOptions) -> None:
        self._score = RowScorer(make_scorer(), options)
        self.facts = self._score.facts()

    def __enter__(self) -> InProcess:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to release."""

    def results(self, batches: Iterable[Sequence[Row]]) -> Iterator[BatchResult]:
        """One result per batch, in order."""
        return map(self._score, batches)


class WorkerPool:
    """`count` processes with a scorer each. Use as a context manager.

    Raises what making the scorer raised (PipelineError, RequestError …), and PipelineError if a
    worker dies while it starts.
    """

    def __init__(self, count: int, make_scorer: MakeScorer, options: RowOptions) -> None:
        self._make_scorer = make_scorer
        self._options = options
        self._workers: dict[Connection, BaseProcess] = {}
        try:
            for connection in [self._start() for _ in range(count)]:
                self.facts = self._receive_facts(connection)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop the workers; a batch in the making is dropped."""
        for connection, process in self._workers.items():
            connection.close()
            process.terminate()
        for process in self._workers.values():
            process.join()
        self._workers.clear()

    def results(self, batches: Iterable[Sequence[Row]]) -> Iterator[BatchResult]:
        """One result per batch, in the order of `batches`."""
        source = enumerate(batches)
        idle = list(self._workers)
        running: dict[Connection, tuple[int, Sequence[Row]]] = {}
        finished: dict[int, BatchResult] = {}
        next_out = 0
        exhausted = False
        while True:
            while idle and not exhausted and len(finished) < _READ_AHEAD * len(self._workers):
                task = next(source, None)
                if task is None:
                    exhausted = True
                    break
                connection = idle.pop()
                running[connection] = task
                _send(connection, task[1])
            if not running:
                return
            for ready in wait(list(running)):
                assert isinstance(ready, Connection)
                number, batch = running.pop(ready)
                result = _receive(ready)
                if result is None:
                    ready = self._replace(ready)
                    ready, result = self._row_by_row(ready, batch)
                idle.append(ready)
                finished[number] = result
            while next_out in finished:
                yield finished.pop(next_out)
                next_out += 1

    def _row_by_row(
        self, connection: Connection, batch: Sequence[Row]
    ) -> tuple[Connection, BatchResult]:
        lines, bad, totals = b"", b"", Totals()
        for row in batch:
            _send(connection, [row])
            result = _receive(connection)
            if result is None:
                connection = self._replace(connection)
                reason = "the scoring process died on this row, twice"
                one = Totals(rows=1, bad_rows=1)
                bad_row = bad_line(self._options, row, "", reason)
                result = BatchResult(row.file, row.number, b"", bad_row, one)
            lines += result.lines
            bad += result.bad
            totals.add(result.totals)
        return connection, BatchResult(batch[-1].file, batch[-1].number, lines, bad, totals)

    def _start(self) -> Connection:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(
            target=_work, args=(theirs, self._make_scorer, self._options), daemon=True
        )
        resource_tracker.ensure_running()  # its own start would unblock the signal
        # A worker inherits the block: Ctrl-C must not strike it before it can ignore it either.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            process.start()
            self._workers[ours] = process
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            theirs.close()  # or the end of the worker would never show on our end
        return ours

    def _receive_facts(self, connection: Connection) -> Facts:
        try:
            message: Any = connection.recv()
        except EOFError as error:
            process = self._workers[connection]
            process.join()
            message = f"a worker process died while it started (exit code {process.exitcode})"
            raise PipelineError(message) from error
        if isinstance(message, RewardServiceError):
            raise message
        assert isinstance(message, Facts)
        return message

    def _replace(self, dead: Connection) -> Connection:
        self._workers.pop(dead).join()
        dead.close()
        connection = self._start()
        self._receive_facts(connection)
        return connection


def _send(connection: Connection, rows: Sequence[Row]) -> None:
    # A worker that has just died cannot take the batch; `_receive` then finds it dead.
    try:
        connection.send(rows)
    except OSError:
        return


def _receive(connection: Connection) -> BatchResult | None:
    """A worker's result, or None if the worker is dead."""
    try:
        result: Any = connection.recv()
    except (EOFError, OSError):
        return None
    assert isinstance(result, BatchResult)
    return result


def _work(connection: Connection, make_scorer: MakeScorer, options: RowOptions) -> None:
    """A worker's life: say what columns there are, then score batches until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the main process's to handle
    try:
        score = RowScorer(make_scorer(), options)
        connection.send(score.facts())
    except RewardServiceError as error:
        connection.send(error)
        return
    while True:
        try:
            batch = connection.recv()
        except EOFError:
            return
        result = score(batch)
        try:
            connection.send(result)
        except OSError:  # the main process is gone
            return

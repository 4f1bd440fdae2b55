"""Where batches are scored: in processes of this machine, or by whatever else keeps this contract.

An engine gives one result per batch, in the inputs' order, and equal results for equal rows. All
else (reading order, checkpoints, side file, metadata, output) is the same for every engine.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import NamedTuple, Protocol

from reward_service.files.errors import FileError
from reward_service.files.inputs import Inputs
from reward_service.files.readers.base import Position
from reward_service.files.scoring import BatchResult, Facts, MakeScorer, RowOptions
from reward_service.files.workers import InProcess, WorkerPool


class Scored(NamedTuple):
    """A batch's result, and how far reading was when it was taken in."""

    result: BatchResult
    position: Position


class Engine(Protocol):
    """Scores the rows of files."""

    @property
    def facts(self) -> Facts: ...

    def results(
        self, inputs: Inputs, file: int = 0, after: int = 0
    ) -> Generator[Scored, None, None]:
        """The results of all batches behind row `after` of file `file`, in order."""
        ...


OpenEngine = Callable[[RowOptions, MakeScorer], AbstractContextManager[Engine]]


class LocalEngine:
    """Workers of this machine."""

    def __init__(self, workers: InProcess | WorkerPool) -> None:
        self._workers = workers
        self.facts = workers.facts

    def results(
        self, inputs: Inputs, file: int = 0, after: int = 0
    ) -> Generator[Scored, None, None]:
        for result in self._workers.results(inputs.batches(file, after)):
            yield Scored(result, inputs.position)


@contextmanager
def local_engine(
    options: RowOptions, make_scorer: MakeScorer, *, workers: int = 1
) -> Iterator[Engine]:
    """`workers` processes; with one of them everything happens in this process."""
    if workers < 1:
        raise FileError(f"workers: expected a number of at least 1, got {workers}")
    if workers == 1:
        yield LocalEngine(InProcess(make_scorer, options))
        return
    with WorkerPool(workers, make_scorer, options) as pool:
        yield LocalEngine(pool)

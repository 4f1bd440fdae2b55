"""Scoring on a Ray cluster, with Ray Data.

    files ──read_files──▶ batches ──ScoreBatches──▶ results ──▶ this process: checkpoints, output
           (tasks)                  (actors)        in order

Nodes read the input themselves, so it must lie in an object store or in a folder that all of them
share. What comes back is the output's lines, a few hundred bytes a completion. Blocks that a dead
node took along are made again by Ray; the count of every file's batches is checked on arrival, so
an output in which something were missing or double is never published.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, cast

from reward_service.engines.steps import Parcel, ScoreBatches, read_files, unpack
from reward_service.files.engine import Engine, Scored
from reward_service.files.errors import FileError
from reward_service.files.formats import STDIO
from reward_service.files.inputs import InputFile, Inputs
from reward_service.files.scoring import BatchResult, Facts, MakeScorer, RowOptions
from reward_service.files.storage import is_remote
from reward_service.files.workers import InProcess
from reward_service.wire.errors import PipelineError

INSTALL = 'pip install "clinical-crpo[ray]"'
# Files that are read at the same time. One reader keeps dozens of scoring actors busy.
READERS = 4
# Batches travel in blocks of about this size: half a second of scoring.
BLOCK_BYTES = 1 << 18
CONNECT_SECONDS = 10


@dataclass(frozen=True)
class RayOptions:
    """Which cluster, and how many actors.

    `address` is that of a running cluster ("auto": one that this machine belongs to); None takes
    RAY_ADDRESS, and without it starts Ray on this machine alone. Ray keeps between `min_workers`
    and `max_workers` actors, by how much is waiting; None is one, and one per core of the cluster.
    """

    address: str | None = None
    min_workers: int | None = None
    max_workers: int | None = None


class RayEngine:
    """Scores the rows of files on the cluster that this process is connected to."""

    def __init__(
        self, options: RowOptions, make_scorer: MakeScorer, workers: tuple[int, int]
    ) -> None:
        self.facts: Facts = InProcess(make_scorer, options).facts
        self._options = options
        self._make_scorer = make_scorer
        self._workers = workers

    def results(
        self, inputs: Inputs, file: int = 0, after: int = 0
    ) -> Generator[Scored, None, None]:
        """The results of all batches behind row `after` of file `file`, in order."""
        numbers = range(file, len(inputs.files))
        if numbers:
            places = [(number, after if number == file else 0) for number in numbers]
            # Whatever ends this, the cluster's work ends before the connection to it does.
            with closing(self._run(inputs, places)) as parcels:
                for parcel in _complete(parcels, numbers):
                    position = inputs.position_at(parcel.file, parcel.share)
                    yield Scored(parcel.data, position)

    def _run(self, inputs: Inputs, places: list[tuple[int, int]]) -> Generator[Parcel, None, None]:
        import ray.data
        import ray.exceptions

        context = ray.data.DataContext.get_current().copy()
        context.execution_options.preserve_order = True
        context.target_max_block_size = BLOCK_BYTES
        context.enable_progress_bars = False
        context.print_on_execution_start = False
        files = tuple(_everywhere(file) for file in inputs.files)
        with ray.data.DataContext.current(context):
            work = [{"file": number, "after": after} for number, after in places]
            dataset = ray.data.from_items(work, override_num_blocks=len(work))
            batches = dataset.map_batches(
                partial(read_files, files=files, columns=frozenset(inputs.columns)),
                batch_format="pyarrow",
                # Reading waits for its turn rather than computes; and it must never wait for a
                # core that an actor holds.
                num_cpus=0,
                compute=ray.data.TaskPoolStrategy(min(READERS, len(work))),
            )
            results = batches.map_batches(
                ScoreBatches,
                fn_constructor_args=(self._make_scorer, self._options, self.facts),
                batch_format="pyarrow",
                num_cpus=1,
                compute=ray.data.ActorPoolStrategy(
                    min_size=self._workers[0], max_size=self._workers[1]
                ),
            )
            try:
                tables = iter(results.iter_batches(batch_size=None, batch_format="pyarrow"))
                with closing(cast(Generator[Any, None, None], tables)):
                    for table in tables:
                        yield from unpack(table)
            except ray.exceptions.RayError as error:
                raise PipelineError(
                    f"the cluster could not go on: {_last_line(error)}. Every node needs this "
                    "package with the extra 'ray', in one version; then --resume goes on."
                ) from error


def _complete(parcels: Iterator[Parcel], numbers: range) -> Iterator[Parcel]:
    """The parcels that hold a result. Raises the first error; each batch must come in its turn."""
    expected = iter(numbers)
    file, batch = next(expected), 0
    for parcel in parcels:
        if (parcel.file, parcel.batch) != (file, batch):
            raise PipelineError(
                f"batch {batch} of file {file} was expected from Ray, batch {parcel.batch} of file "
                f"{parcel.file} came; run the same command with --resume"
            )
        if isinstance(parcel.data, BatchResult):
            yield parcel
            batch += 1
        elif parcel.data is None:
            file, batch = next(expected, numbers.stop), 0
        else:
            raise parcel.data
    if file != numbers.stop:
        raise PipelineError(
            f"Ray ended within file {file}, behind batch {batch}; run the same command with "
            "--resume"
        )


def _last_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines()]
    return next((line for line in reversed(lines) if line.strip("^~ ")), type(error).__name__)


def _everywhere(file: InputFile) -> InputFile:
    """The file under a name that holds on every node."""
    if file.name == STDIO:
        raise FileError("--engine ray reads files; standard input is on this machine only")
    return file if is_remote(file.name) else file._replace(name=str(Path(file.name).absolute()))


@contextmanager
def ray_engine(
    options: RowOptions, make_scorer: MakeScorer, *, ray_options: RayOptions
) -> Iterator[Engine]:
    """An engine on a Ray cluster: the one that this process is connected to, or the options'.

    Raises FileError if Ray is not installed, PipelineError if the cluster cannot be reached.
    """
    with _connected(ray_options.address) as cores:
        most = ray_options.max_workers or max(1, cores)
        least = min(ray_options.min_workers or 1, most)
        yield RayEngine(options, make_scorer, (least, most))


@contextmanager
def _connected(address: str | None) -> Iterator[int]:
    """Connect to a cluster if this process is not; the cluster's number of cores."""
    # No figures about a hospital's runs leave the machine unless someone says so.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise FileError(f"--engine ray needs Ray ({error}); install it: {INSTALL}") from error
    logging.getLogger("ray.data").setLevel(logging.WARNING)
    # It warns that its progress bars are off; this command has its own.
    logging.getLogger("ray.data._internal.progress").setLevel(logging.ERROR)
    if ray.is_initialized():
        yield _cores(ray)
        return
    where = address or os.environ.get("RAY_ADDRESS") or "local"
    local: dict[str, Any] = {"include_dashboard": False} if where == "local" else {}
    _check_reachable(where)
    try:
        ray.init(address=where, log_to_driver=False, logging_level=logging.WARNING, **local)
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise PipelineError(f"no Ray cluster at {where}: {error}") from error
    try:
        yield _cores(ray)
    finally:
        ray.shutdown()


def _check_reachable(address: str) -> None:
    """Ray itself would try an address at which nobody answers for many minutes."""
    host, _, port = address.partition("://")[2].rpartition(":")
    if "://" not in address:
        host, _, port = address.rpartition(":")
    if not (host and port.isdecimal()):
        return
    try:
        socket.create_connection((host, int(port)), timeout=CONNECT_SECONDS).close()
    except OSError as error:
        raise PipelineError(f"no Ray cluster at {address}: {error}") from error


def _cores(ray: Any) -> int:
    return int(ray.cluster_resources().get("CPU", 1))

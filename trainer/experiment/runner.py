"""Runs jobs as processes: some at a time, resumable, one failure stopping nobody else."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Literal

from trainer.experiment.jobs import Command, Job

State = Literal["waiting", "running", "finished", "skipped", "failed", "interrupted"]
# Told whenever a job changes its state; called from several threads.
Observer = Callable[["Status"], None]

_THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
_STOP_SECONDS = 20.0
_LOG_LINES = 12


@dataclass(frozen=True)
class Status:
    """Where a job stands; `message` says why it failed."""

    job: Job
    state: State
    what: str = ""
    message: str = ""


def run_jobs(
    jobs: Sequence[Job],
    *,
    output: Path,
    processes: int,
    threads: int,
    observer: Observer = lambda status: None,
) -> list[Status]:
    """Run all jobs, at most `processes` at once; returns their last states in the given order.

    Logs go to `output`/logs, marks of finished commands to `output`/finished. On KeyboardInterrupt
    the running processes are asked to end and the exception goes on.
    """
    for name in ("logs", "finished"):
        (output / name).mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, **dict.fromkeys(_THREAD_VARIABLES, str(threads))}
    environment["TOKENIZERS_PARALLELISM"] = "false"
    processes_running = _Processes()

    def one(job: Job) -> Status:
        status = _run_job(job, output, environment, processes_running, observer)
        observer(status)
        return status

    with ThreadPoolExecutor(max_workers=processes) as pool:
        futures = [pool.submit(one, job) for job in jobs]
        try:
            return [future.result() for future in futures]
        except BaseException:
            processes_running.stop()
            raise


def _run_job(
    job: Job,
    output: Path,
    environment: Mapping[str, str],
    running: _Processes,
    observer: Observer,
) -> Status:
    log = output / "logs" / f"{job.name}.log"
    worked = False
    for command in job.commands:
        mark = output / "finished" / f"{job.name}-{command.what}.json"
        finished = _finished(mark, command)
        if finished == command.identity:
            continue
        if finished is not None and not command.again:
            reason = f"{job.folder} holds a run with other settings; move it or the output away"
            return Status(job, "failed", command.what, reason)
        if running.stopping:
            return Status(job, "interrupted", command.what)
        observer(Status(job, "running", command.what))
        worked = True
        again = command.again if finished is not None else ()
        if command.what == "train":
            again = _go_on(job.folder)
        code = running.run((*command.argv, *again), log, environment)
        if running.stopping:
            return Status(job, "interrupted", command.what)
        if code not in command.accepted or not command.product.exists():
            return Status(job, "failed", command.what, f"exit status {code}: {_tail(log)}")
        mark.write_text(json.dumps({"identity": command.identity}), "utf-8")
    return Status(job, "finished" if worked else "skipped")


def _go_on(folder: Path) -> tuple[str, ...]:
    """How to train into `folder`: on from its checkpoint, or anew.

    What was interrupted before its first checkpoint is moved aside, not removed.
    """
    if any(folder.glob("checkpoints/checkpoint-*/trainer_state.json")):
        return ("--resume",)
    if folder.is_dir() and any(folder.iterdir()):
        numbers = (folder.with_name(f"{folder.name}.unfinished-{n}") for n in count(1))
        folder.rename(next(path for path in numbers if not path.exists()))
    return ()


def _finished(mark: Path, command: Command) -> str | None:
    """The identity that a finished command had; None if it has yet to finish."""
    if not mark.is_file() or not command.product.exists():
        return None
    return str(json.loads(mark.read_text("utf-8"))["identity"])


def _tail(log: Path) -> str:
    lines = log.read_text("utf-8", errors="replace").strip().splitlines()
    return "\n".join(lines[-_LOG_LINES:])


class _Processes:
    """The processes that run now, so that an interruption reaches each of them."""

    def __init__(self) -> None:
        self.stopping = False
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()

    def run(self, argv: Sequence[str], log: Path, environment: Mapping[str, str]) -> int:
        """Run a command to its end, its output appended to `log`; returns its exit status."""
        with log.open("ab") as sink:
            sink.write(f"$ {' '.join(argv)}\n".encode())
            sink.flush()
            with self._lock:
                if self.stopping:
                    return -signal.SIGTERM
                process = subprocess.Popen(
                    argv,
                    stdin=subprocess.DEVNULL,
                    stdout=sink,
                    stderr=subprocess.STDOUT,
                    env=dict(environment),
                    start_new_session=True,  # Ctrl-C reaches us alone, and we tell them
                )
                self._running.add(process)
            try:
                return process.wait()
            finally:
                with self._lock:
                    self._running.discard(process)

    def stop(self) -> None:
        """Ask every running process to end, and end those that do not."""
        with self._lock:
            self.stopping = True
            running = list(self._running)
        for process in running:
            process.terminate()
        for process in running:
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()

"""The experiment in the terminal while it runs."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from trainer.experiment.jobs import Job
from trainer.experiment.runner import State, Status

_STYLES: Mapping[State, str] = {
    "waiting": "dim",
    "running": "bold cyan",
    "finished": "green",
    "skipped": "green",
    "failed": "bold red",
    "interrupted": "yellow",
}
_SHOWN = ("accuracy", "faithfulness", "coverage")
_TAIL_BYTES = 16_384


class Board:
    """The latest status of every job; rich draws it anew for each refresh."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self._lock = threading.Lock()
        self._statuses = {job.name: Status(job, "waiting") for job in jobs}
        self._since: dict[str, float] = {}
        self._seconds: dict[str, float] = {}

    def update(self, status: Status) -> None:
        """Take over a job's new status."""
        now = time.monotonic()
        with self._lock:
            started = self._since.setdefault(status.job.name, now)
            self._seconds[status.job.name] = now - started
            self._statuses[status.job.name] = status

    def __rich__(self) -> Table:
        table = Table(box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
        table.add_column("run", style="bold", no_wrap=True)
        table.add_column("state", no_wrap=True)
        for name in ("step", *_SHOWN, "minutes"):
            table.add_column(name, justify="right", no_wrap=True)
        with self._lock:
            statuses = list(self._statuses.values())
        for status in statuses:
            latest = last_logged(status.job.folder / "metrics.jsonl")
            table.add_row(
                status.job.name,
                Text(_state(status), style=_STYLES[status.state]),
                f"{latest['step']:g}" if "step" in latest else "",
                *(_number(latest.get(f"objectives/{name}/mean")) for name in _SHOWN),
                self._minutes(status),
            )
        return table

    def _minutes(self, status: Status) -> str:
        name = status.job.name
        if name not in self._since:
            return ""
        if status.state == "running":
            return f"{(time.monotonic() - self._since[name]) / 60:.1f}"
        return f"{self._seconds[name] / 60:.1f}"


def last_logged(path: Path) -> dict[str, float]:
    """The last complete line of a metrics file; empty while there is none."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL_BYTES))
            lines = file.read().split(b"\n")[:-1]
    except FileNotFoundError:
        return {}
    try:
        row = json.loads(lines[-1]) if lines else {}
    except ValueError:
        return {}
    return row if isinstance(row, dict) else {}


def _state(status: Status) -> str:
    return f"{status.state}: {status.what}" if status.what else status.state


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"

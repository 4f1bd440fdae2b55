"""The table that moves while a policy learns: a line for each objective, its course as bars.

Without a terminal it is a printed line every few steps, and the table once at the end.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from types import TracebackType
from typing import NamedTuple

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from trainer.config import RunConfig

WINDOW = 5
"""Logged steps that the shown means are taken over: single batches are noisy."""

_BARS = "▁▂▃▄▅▆▇█"
_WIDTH = 30


class Shown(NamedTuple):
    """A line of the table: its name, its metric, and whether more is better (None: neither)."""

    name: str
    metric: str
    more_is_better: bool | None


def shown_metrics(config: RunConfig) -> tuple[Shown, ...]:
    """What is worth watching in a run of the configured stage."""
    if config.stage == "cold_start":
        return (
            Shown("loss", "loss", False),
            Shown("tokens predicted", "mean_token_accuracy", True),
        )
    return (
        *(Shown(name, f"objectives/{name}/mean", True) for name in config.reward.objectives),
        Shown("hallucination rate", "metrics/hallucination_rate/mean", False),
        Shown("reward", "reward", True),
        Shown("completion tokens", "completions/mean_length", None),
    )


def mean(values: Sequence[float]) -> float:
    """Arithmetic mean of the finite values; NaN for none."""
    finite = [value for value in values if math.isfinite(value)]
    return sum(finite) / len(finite) if finite else math.nan


def sparkline(values: Sequence[float], width: int = _WIDTH) -> str:
    """`values` as at most `width` bars between their least and their greatest; "" for none.

    Longer series are averaged in parts as equal as can be; what is not finite is left out.
    """
    finite = [value for value in values if math.isfinite(value)]
    parts = min(width, len(finite))
    edges = [i * len(finite) // parts for i in range(parts + 1)] if parts else []
    means = [mean(finite[a:b]) for a, b in pairwise(edges)]
    low, high = min(means, default=0.0), max(means, default=0.0)
    scale = (len(_BARS) - 1) / (high - low) if high > low else 0.0
    return "".join(_BARS[round((value - low) * scale)] for value in means)


class LiveTable:
    """Takes in what a run logs. Used as a context manager, so that the terminal is set free again.

    `every`: without a terminal, steps between two printed lines.
    """

    def __init__(self, console: Console, shown: Sequence[Shown], *, every: int = 10) -> None:
        self._console, self._shown, self._every = console, tuple(shown), every
        self._steps = self._step = 0
        self._courses: dict[str, list[float]] = {one.name: [] for one in self._shown}
        self._seconds: list[float] = []
        self._waits: list[float] = []
        self._live = Live(console=console, get_renderable=self.table, refresh_per_second=4)

    def __enter__(self) -> LiveTable:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._console.is_terminal:
            self._live.stop()
        elif kind is None:
            self._console.print(self.table())

    def begin(self, step: int, steps: int) -> None:
        """Opens the table of a run that is at `step` of `steps`."""
        self._step, self._steps = step, steps
        if self._console.is_terminal:
            self._live.start()

    def take(self, step: int, logs: Mapping[str, object]) -> None:
        """Takes in what was logged after `step` steps; other logs than those of steps are none."""
        if not any(one.metric in logs for one in self._shown):
            return
        self._step = step
        for one in self._shown:
            self._courses[one.name].append(_number(logs, one.metric))
        self._seconds.append(_number(logs, "step_time"))
        self._waits.append(_number(logs, "reward/wait_share"))
        if self._console.is_terminal:
            self._live.refresh()
        elif step % self._every == 0 or step == self._steps:
            latest = (f"{one.name} {self._latest(one):.2f}" for one in self._shown)
            line = f"step {step} of {self._steps}: {', '.join(latest)}"
            self._console.print(line, soft_wrap=True)

    def table(self) -> Table:
        """The table as it stands."""
        table = Table(
            title=self._title(),
            title_justify="left",
            title_style="bold",
            box=SIMPLE_HEAD,
            pad_edge=False,
            collapse_padding=True,
        )
        table.add_column("mean of", no_wrap=True)
        table.add_column(f"first\n{WINDOW} steps", justify="right", no_wrap=True)
        table.add_column(f"last\n{WINDOW} steps", justify="right", no_wrap=True)
        table.add_column("change", justify="right", no_wrap=True)
        table.add_column("course", no_wrap=True, min_width=_WIDTH)
        for one in self._shown:
            course = self._courses[one.name]
            first, last = mean(course[:WINDOW]), self._latest(one)
            table.add_row(
                one.name,
                _text(first),
                _text(last),
                _change(last - first, one.more_is_better),
                sparkline(course),
            )
        return table

    def _latest(self, one: Shown) -> float:
        return mean(self._courses[one.name][-WINDOW:])

    def _title(self) -> str:
        parts = [f"step {self._step} of {self._steps}"]
        seconds, wait = mean(self._seconds[-WINDOW:]), mean(self._waits)
        if math.isfinite(seconds):
            parts.append(f"{seconds:.1f} s a step")
        if math.isfinite(wait):
            parts.append(f"{wait:.1%} of the time waiting for rewards")
        return " · ".join(parts)


def _number(logs: Mapping[str, object], name: str) -> float:
    value = logs.get(name)
    return float(value) if isinstance(value, int | float) else math.nan


def _text(value: float) -> str:
    return f"{value:.2f}" if math.isfinite(value) else "–"


def _change(change: float, more_is_better: bool | None) -> Text:
    if not math.isfinite(change):
        return Text("–")
    text = f"{change:+.2f}"
    if more_is_better is None or float(text) == 0.0:
        return Text(text)
    return Text(text, style="green" if (change > 0) == more_is_better else "red")

"""Progress and summary of `clinical-reward score`, on standard error."""

from __future__ import annotations

import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn
from rich.table import Table

from reward_service.files import FileJob, Finished
from reward_service.files.job import Update


class Watch:
    """A progress bar with rate and remaining time. Without a terminal it stays silent.

    The rate is over this process's own work: rows done before a resume do not count.
    """

    def __init__(self, console: Console) -> None:
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[numbers]}"),
            console=console,
            transient=True,
            disable=console.quiet or not console.is_terminal,
        )
        self._task = self._bar.add_task("loading the scorer", total=None, numbers="")
        self._started = time.monotonic()
        self._first: tuple[float, int, int] | None = None
        self.seconds = 0.0

    def __enter__(self) -> Watch:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()
        self.seconds = time.monotonic() - self._started

    def report(self, update: Update) -> None:
        """Show how far the run is."""
        done, total = update.position
        now = time.monotonic()
        completions = update.totals.completions
        if self._first is None:
            self._first = (now, done, completions)
        began, done_first, completions_first = self._first
        elapsed = now - began
        numbers = f"{completions:,} completions"
        if elapsed > 0:
            numbers += f" · {(completions - completions_first) / elapsed:,.0f}/s"
            speed = (done - done_first) / elapsed
            if total is not None and speed > 0:
                numbers += f" · {_clock((total - done) / speed)} left"
        if update.totals.bad_rows:
            numbers += f" · {update.totals.bad_rows:,} bad rows"
        self._bar.update(
            self._task, description="scoring", completed=done, total=total, numbers=numbers
        )


def show_summary(finished: Finished, job: FileJob, console: Console, seconds: float) -> None:
    """What was done, the means, and what was wrong."""
    totals = finished.totals
    done_now = totals.rows - finished.resumed_rows
    line = f"{totals.rows:,} rows, {totals.completions:,} completions"
    if finished.resumed_rows:
        line += f" ({finished.resumed_rows:,} rows were done before)"
    if done_now:
        line += f"; {done_now / max(seconds, 1e-9):,.1f} rows/s over {_clock(seconds)}"
        line += " with loading"
    console.print(line, highlight=False)
    table = Table("column", "mean", "judged", "abstained", box=None, pad_edge=False)
    means = totals.means()
    for name in (*means, *sorted(totals.abstentions.keys() - means.keys())):
        codes = totals.abstentions.get(name, {})
        why = ", ".join(f"{count:,} {code}" for code, count in sorted(codes.items()))
        mean = f"{means[name]:.4f}" if name in means else "-"
        table.add_row(name, mean, f"{totals.counts.get(name, 0):,}", why)
    console.print(table, highlight=False)
    if totals.failed:
        console.print(f"{totals.failed:,} completions with scorer_error", style="red")
    if totals.bad_rows:
        where = "above" if job.bad_path is None else f"in {job.bad_path}"
        console.print(f"{totals.bad_rows:,} bad rows, {where}", style="red", soft_wrap=True)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"

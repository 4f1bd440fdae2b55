"""`python -m trainer.experiment CONFIG.yaml`: run what is missing, then write the results.

Exit status: 0 all well, 1 some runs failed (the results are written from the others), 2 the
experiment could not be carried out, 130 interrupted, 143 terminated.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console
from rich.live import Live

from trainer.config import ConfigError
from trainer.experiment.config import ExperimentConfig, load_experiment
from trainer.experiment.jobs import jobs
from trainer.experiment.live import Board
from trainer.experiment.results import write_results
from trainer.experiment.runner import Status, run_jobs
from trainer.report import ReportError

_REFRESHES_A_SECOND = 1.0


def experiment(
    config: Annotated[Path, typer.Argument(metavar="CONFIG", help="The experiment's YAML file.")],
    aggregate_only: Annotated[
        bool, typer.Option("--aggregate-only", help="Run nothing; write results of what is there.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check everything and print the commands.")
    ] = False,
) -> None:
    """Train every arm with every seed, evaluate all policies, and write the results.

    What is finished is not done again. A run that fails is reported and stops no other.
    """
    try:
        loaded = load_experiment(config)
        if dry_run:
            for job in jobs(loaded):
                for command in job.commands:
                    typer.echo(" ".join(command.argv))
            return
        failed = [] if aggregate_only else _run(loaded)
        page = write_results(loaded)
    except (ConfigError, ReportError, ValueError) as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(2) from None
    except KeyboardInterrupt:
        typer.echo("interrupted; the same command goes on from here", err=True)
        raise typer.Exit(130) from None
    typer.echo(f"wrote {page}", err=True)
    for status in failed:
        typer.echo(f"{status.job.name}: {status.what} failed: {status.message}", err=True)
    raise typer.Exit(1 if failed else 0)


def _run(config: ExperimentConfig) -> Sequence[Status]:
    """Run the jobs under a live table; returns those that failed."""
    todo = jobs(config)
    board = Board(todo)
    console = Console(stderr=True)
    with Live(board, console=console, refresh_per_second=_REFRESHES_A_SECOND):
        statuses = run_jobs(
            todo,
            output=config.output,
            processes=config.processes,
            threads=config.threads,
            observer=board.update,
        )
    return [status for status in statuses if status.state == "failed"]


def _terminate(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _terminate)
    typer.run(experiment)

"""`crpo train`: a run from its configuration."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from trainer.config import RunConfig
    from trainer.training.live import LiveTable


def train(
    config: Annotated[Path, typer.Argument(metavar="CONFIG", help="The run's YAML file.")],
    overrides: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="KEY=VALUE",
            help="Fields over those of the file, as in training.max_steps=2",
            show_default=False,
        ),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Show plan, memory and one scored batch; train nothing."),
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the run's last checkpoint.")
    ] = False,
) -> None:
    """Train a policy: stage crpo learns from the reward service, cold_start from completions.

    The configuration is checked as a whole before anything is loaded. Relative paths in it are
    resolved against its own folder, those in KEY=VALUE against the current one. The run's folder
    must be empty, or --resume be given.

    \b
    Examples:
      crpo train configs/tiny_cpu.yaml --dry-run
      crpo train configs/tiny_cpu.yaml
      crpo train configs/tiny_cpu.yaml --resume
      crpo train configs/tiny_cpu.yaml reward.method=gdpo seed=1 output=runs/tiny-gdpo-1
      accelerate launch --num_processes 8 -m trainer.cli train configs/clinical_r1_3b.yaml

    \b
    Exit status:
      0  trained (or planned)
      2  not carried out: a mistake in the configuration, a folder in use, no service, too many
         completions without a score
    """
    from trainer.config import load_config

    run_config = load_config(config, overrides or ())
    if dry_run:
        _show(run_config)
        return
    from trainer.training import run
    from trainer.training.processes import leave_processes

    folder = run(run_config, resume=resume, live=_live(run_config))
    leave_processes()
    typer.echo(f"{run_config.name}: trained; the policy is in {folder / 'model'}")


def _live(config: RunConfig) -> LiveTable | None:
    """A table on standard error where that is a terminal; of several processes in the first."""
    from rich.console import Console

    from trainer.training.folder import is_main_process
    from trainer.training.live import LiveTable, shown_metrics

    console = Console(stderr=True)
    shown = console.is_terminal and is_main_process()
    return LiveTable(console, shown_metrics(config)) if shown else None


def _show(config: RunConfig) -> None:
    from trainer.cli.plan_view import show_plan, show_probes
    from trainer.training.plan import make_plan
    from trainer.training.service import check_service, probe

    plan, rows = make_plan(config)
    show_plan(config, plan)
    if config.stage == "crpo":
        show_probes(config, check_service(config), probe(config, rows))

"""`python -m trainer.demo`: see `--help`."""

from __future__ import annotations

import contextlib
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from trainer.demo.errors import reported_errors
from trainer.demo.service import running_service

_WIDTH = 100  # of tables and texts where the output is no terminal
_INTERRUPTED = 130

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def demo(
    url: Annotated[
        str | None, typer.Option(help="Use the service that runs there; start none.")
    ] = None,
    output: Annotated[
        Path, typer.Option(help="Folder of the results; an earlier demonstration's are replaced.")
    ] = Path("runs/demo"),
    policy: Annotated[
        Path | None,
        typer.Option(
            help="Folder of another policy to start from; it must know the world of seed 0."
        ),
    ] = None,
    steps: Annotated[int, typer.Option(min=1, help="CRPO steps of 40 rollouts each.")] = 50,
    seed: Annotated[int, typer.Option(min=0, help="Seed of sampling and training.")] = 0,
) -> None:
    """Train a small policy with the rewards of a service, and show what it has learnt.

    Starts a reward service, makes cases of a closed clinical world, examines a policy on some of
    them, trains it on others, examines it again, and writes a report.

    \b
    Exit status:
      0  all well
      1  no service, a folder in use, too many completions without a score
      130, 143  interrupted (Ctrl-C, SIGTERM); the service is stopped, too
    """
    console, errors = Console(highlight=False), Console(stderr=True, highlight=False)
    if not console.is_terminal:
        console.width = _WIDTH
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    console.rule("A policy learns from these rewards", align="left")
    try:
        with contextlib.ExitStack() as stack:
            with console.status("starting a reward service …"):
                address = stack.enter_context(running_service(url))
            with console.status("loading PyTorch …"):
                import torch

                from trainer.demo.plan import Plan
                from trainer.demo.run import demonstrate
                from trainer.world.checkpoint import CHECKPOINT
            # So small a policy gains little from more threads, and the service needs a core, too.
            torch.set_num_threads(1)
            demonstrate(
                console,
                Plan(
                    url=address, output=output, policy=policy or CHECKPOINT, steps=steps, seed=seed
                ),
            )
    except reported_errors() as error:
        errors.print(f"error: {error}", markup=False, soft_wrap=True, style="red")
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        errors.print("interrupted")
        raise typer.Exit(_INTERRUPTED) from None


if __name__ == "__main__":
    app()

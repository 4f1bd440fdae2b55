"""`python -m trainer.bench`: see `--help`."""

from __future__ import annotations

import contextlib
import signal
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console

from trainer.demo.errors import reported_errors
from trainer.demo.service import running_service

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def bench(
    url: Annotated[
        str | None, typer.Option(help="Measure with the service that runs there; start none.")
    ] = None,
    policy: Annotated[
        Path | None,
        typer.Option(help="Folder of another policy; it must know the world of seed 0."),
    ] = None,
    steps: Annotated[int, typer.Option(min=1, help="CRPO steps that count.")] = 12,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Also write the figures to this file.")
    ] = None,
) -> None:
    """Measure a CRPO step by part, the share waited on rewards, and the client's throughput.

    A small policy trains with the rewards of a service with one scoring process, always from the
    same cases and seeds. Compare figures of one run: machines differ, and so do moments.

    \b
    Examples:
      python -m trainer.bench
      python -m trainer.bench --url http://127.0.0.1:8000 --json bench.json
    """
    errors = Console(stderr=True, highlight=False)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        with contextlib.ExitStack() as stack:
            typer.echo("… starting a service, loading PyTorch", err=True)
            address = stack.enter_context(running_service(url))
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="crpo-bench-"))
            import torch

            from trainer.bench.measure import BenchPlan, measure
            from trainer.bench.show import show
            from trainer.world.checkpoint import CHECKPOINT

            torch.set_num_threads(1)  # as in the demonstration
            plan = BenchPlan(
                url=address, policy=policy or CHECKPOINT, folder=Path(folder), steps=steps
            )
            figures = measure(plan, lambda what: typer.echo(f"… {what}", err=True))
    except reported_errors() as error:
        errors.print(f"error: {error}", markup=False, soft_wrap=True, style="red")
        raise typer.Exit(1) from None
    show(Console(highlight=False), figures)
    if json_file is not None:
        options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
        json_file.write_bytes(orjson.dumps(figures, option=options))


if __name__ == "__main__":
    app()

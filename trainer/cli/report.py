"""`crpo report`: run folders as one HTML page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def report(
    runs: Annotated[
        list[Path], typer.Argument(metavar="RUN...", help="Folders of runs, to be compared.")
    ],
    output: Annotated[
        Path | None,
        typer.Option(help="The page; the figures go beside it. [default: RUN/report.html]"),
    ] = None,
    start: Annotated[
        Path | None,
        typer.Option(help="Evaluation (Parquet) of the policy that the runs began from."),
    ] = None,
    examples: Annotated[
        int, typer.Option(min=0, help="Questions shown before and after training, for each run.")
    ] = 4,
) -> None:
    """Write one HTML page about one or several runs, and its figures as SVG and PNG.

    What a run's folder lacks is said in the page. Several runs need --output.

    \b
    Examples:
      crpo report runs/tiny-crpo
      crpo report runs/tiny-grpo runs/tiny-crpo --output comparison.html
    """
    from trainer.report import write_report

    if output is None:
        if len(runs) > 1:
            raise typer.BadParameter("several runs need --output", param_hint="--output")
        output = runs[0] / "report.html"
    page, *figures = write_report(runs, output, start=start, examples=examples)
    typer.echo(f"wrote {page} and {len(figures)} files in {page.parent / 'figures'}", err=True)

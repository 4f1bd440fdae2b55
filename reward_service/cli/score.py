"""`clinical-reward score`: a whole file of completions."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from reward_service.cli.options import (
    Objectives,
    Pipeline,
    TagNames,
    Weights,
    names,
    scorer_factory,
)


def score(
    source: Annotated[
        str, typer.Argument(metavar="INPUT", help="JSONL or Parquet file; - for standard input.")
    ],
    target: Annotated[
        str, typer.Argument(metavar="OUTPUT", help="JSONL or Parquet file; - for standard output.")
    ],
    workers: Annotated[
        int | None,
        typer.Option(help="Scoring processes [default: REWARD_WORKERS, else one per core]"),
    ] = None,
    objectives: Objectives = None,
    weights: Weights = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Also write the evidence behind every score.")
    ] = False,
    keep: Annotated[
        list[str] | None,
        typer.Option(help="Copy this input column into the output; may be given several times."),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the same run where it was interrupted.")
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace OUTPUT, or what is there of it.")
    ] = False,
    bad: Annotated[
        Path | None,
        typer.Option(help="Side file for bad rows [default: OUTPUT.bad.jsonl]", show_default=False),
    ] = None,
    pipeline: Pipeline = None,
    tags: TagNames = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="No progress bar and no summary.")
    ] = False,
) -> None:
    """Score a file of completions: one output row per completion, in the input's order.

    INPUT rows are items as in POST /score, with a list of completions, or flat rows with one
    completion each (column completion, response or output). JSONL may be compressed (.gz, .bz2,
    .xz, .zst), by the file's name. docs/offline.md lists the output's columns.

    \b
    Examples:
      clinical-reward score rollouts.jsonl scores.parquet
      clinical-reward score run.parquet scores.jsonl.zst --workers 8 --keep model
      clinical-reward score run.parquet scores.jsonl.zst --workers 8 --keep model --resume
      zcat run.jsonl.gz | clinical-reward score - - --objectives accuracy | head

    \b
    Exit status:
      0  every row was scored
      1  finished, but there are bad rows (see OUTPUT.bad.jsonl) or completions with scorer_error
      2  not carried out: a wrong option, an unreadable file, an output that exists
    """
    from rich.console import Console

    from reward_service.cli.progress import Watch, show_summary
    from reward_service.files import FileError, FileJob, Mode, score_file
    from reward_service.files.formats import STDIO
    from reward_service.files.scoring import RowOptions
    from reward_service.settings import Settings

    if resume and overwrite:
        raise FileError("--resume and --overwrite exclude each other")
    settings = Settings.load(workers=workers, pipeline=pipeline, tags=tags, weights=weights)
    job = FileJob(
        source=source,
        target=target,
        workers=max(1, settings.workers),
        options=RowOptions(
            objectives=names(objectives),
            weights=tuple(sorted(settings.weights.items())) or None,
            explain=explain,
            keep=tuple(dict.fromkeys(keep or ())),
        ),
        mode=Mode.RESUME if resume else Mode.OVERWRITE if overwrite else Mode.NEW,
        bad=bad,
    )
    console = Console(stderr=True, quiet=quiet)
    watch = Watch(console)
    try:
        with watch:
            finished = score_file(job, scorer_factory(settings), watch.report)
    except BrokenPipeError:  # `| head`: whoever read standard output has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from None
    except KeyboardInterrupt:
        hint = "" if target == STDIO else "; the same command with --resume goes on"
        typer.echo(f"interrupted{hint}", err=True)
        raise typer.Exit(130) from None
    show_summary(finished, job, console, watch.seconds)
    raise typer.Exit(1 if finished.totals.bad_rows or finished.totals.failed else 0)

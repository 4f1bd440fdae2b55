"""`clinical-reward score`: a whole file of completions."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from functools import partial
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


class Engine(StrEnum):
    """Where rows are scored."""

    LOCAL = "local"
    RAY = "ray"


def score(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT...", help="Files, folders or globs of rows; - for standard input."
        ),
    ],
    target: Annotated[
        str, typer.Argument(metavar="OUTPUT", help="The file to write; - for standard output.")
    ],
    workers: Annotated[
        int | None,
        typer.Option(
            help="Scoring processes [default: REWARD_WORKERS, else one per core]; with --engine "
            "ray the most actors [default: one per core of the cluster]"
        ),
    ] = None,
    engine: Annotated[
        Engine,
        typer.Option(
            help="Where to score: in processes of this machine, or on a Ray cluster (the extra "
            "'ray'), whose nodes must see INPUT under the same name: s3://… or a shared folder."
        ),
    ] = Engine.LOCAL,
    ray_address: Annotated[
        str | None,
        typer.Option(
            help="The Ray cluster, as in auto or HOST:6379 [default: RAY_ADDRESS, else Ray is "
            "started on this machine alone]",
            show_default=False,
        ),
    ] = None,
    min_workers: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="With --engine ray: the fewest actors; between these and --workers Ray keeps as "
            "many as the work needs [default: 1]",
            show_default=False,
        ),
    ] = None,
    staging: Annotated[
        Path,
        typer.Option(
            help="Folder for the rows so far when OUTPUT stands in an object store (s3://…); a "
            "--resume looks there. Otherwise they stand beside OUTPUT.",
        ),
    ] = Path(),
    objectives: Objectives = None,
    weights: Weights = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Also write the evidence behind every score.")
    ] = False,
    keep: Annotated[
        list[str] | None,
        typer.Option(
            help="Copy this input column (or path, as in doc.subject) into the output; may be "
            "given several times."
        ),
    ] = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="FIELD=COLUMN",
            help="Where a field of the item stands, as in question=doc.text or options.A=opa; "
            "may be given several times.",
        ),
    ] = None,
    source_format: Annotated[
        str,
        typer.Option(
            help="Whose layout the rows have: lm-eval, lighteval, inspect, trl, rollouts (verl, "
            "OpenRLHF), plain; auto looks at each row's columns."
        ),
    ] = "auto",
    input_format: Annotated[
        str | None,
        typer.Option(
            "--format",
            help="How INPUT is stored, as in csv or jsonl.gz [default: by its name; -: jsonl]",
            show_default=False,
        ),
    ] = None,
    output_format: Annotated[
        str | None,
        typer.Option(help="The same for OUTPUT", show_default=False),
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
    """Score files of completions: one output row per completion, in the inputs' order.

    A row of INPUT is an item as in POST /score, with a list of completions, a flat row with one
    completion (column completion, response or output), or a row that lm-evaluation-harness,
    lighteval, inspect_ai, TRL, verl or OpenRLHF wrote. Files are JSONL, JSON, CSV, TSV, Parquet,
    Arrow or .eval, by their names, most of them also compressed (.gz, .bz2, .xz, .zst). OUTPUT is
    any of these but .eval. docs/offline.md lists the columns.

    \b
    Examples:
      clinical-reward score rollouts.jsonl scores.parquet
      clinical-reward score run.parquet scores.jsonl.zst --workers 8 --keep model
      clinical-reward score run.parquet scores.jsonl.zst --workers 8 --keep model --resume
      clinical-reward score logs/ more/*.eval scores.parquet --keep metadata.subject
      clinical-reward score table.csv scores.csv --map question=stem --map completion=reply
      clinical-reward score s3://bucket/in/ s3://bucket/scores.parquet --engine ray \
          --ray-address auto --workers 64
      zcat run.jsonl.gz | clinical-reward score - - --objectives accuracy | head

    \b
    Exit status:
      0  every row was scored
      1  finished, but there are bad rows (see OUTPUT.bad.jsonl) or completions with scorer_error
      2  not carried out: a wrong option, an unreadable file, an output that exists
    """
    from rich.console import Console

    from reward_service.cli.progress import Watch, show_summary
    from reward_service.engines import RayOptions, ray_engine
    from reward_service.files import FileError, FileJob, Mode, score_file
    from reward_service.files.formats import STDIO
    from reward_service.files.mapping import read_map
    from reward_service.files.scoring import RowOptions
    from reward_service.settings import Settings

    if engine is Engine.LOCAL and (ray_address or min_workers):
        raise FileError("--ray-address and --min-workers are for --engine ray")
    if resume and overwrite:
        raise FileError("--resume and --overwrite exclude each other")
    settings = Settings.load(workers=workers, pipeline=pipeline, tags=tags, weights=weights)
    job = FileJob(
        sources=tuple(sources),
        target=target,
        workers=max(1, settings.workers),
        options=RowOptions(
            objectives=names(objectives),
            weights=tuple(sorted(settings.weights.items())) or None,
            explain=explain,
            keep=tuple(dict.fromkeys(keep or ())),
            source=source_format,
            mapping=read_map(mapping or []),
        ),
        mode=Mode.RESUME if resume else Mode.OVERWRITE if overwrite else Mode.NEW,
        bad=bad,
        input_format=input_format,
        output_format=output_format,
        staging=staging,
    )
    open_engine = None
    if engine is Engine.RAY:
        given = settings.workers if "workers" in settings.model_fields_set else None
        ray_options = RayOptions(ray_address, min_workers, given)
        open_engine = partial(ray_engine, ray_options=ray_options)
    console = Console(stderr=True, quiet=quiet)
    watch = Watch(console)
    try:
        with watch:
            finished = score_file(job, scorer_factory(settings), watch.report, open_engine)
    except BrokenPipeError:  # `| head`: whoever read standard output has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from None
    except KeyboardInterrupt:
        hint = "" if target == STDIO else "; the same command with --resume goes on"
        typer.echo(f"interrupted{hint}", err=True)
        raise typer.Exit(130) from None
    show_summary(finished, job, console, watch.seconds)
    raise typer.Exit(1 if finished.totals.bad_rows or finished.totals.failed else 0)

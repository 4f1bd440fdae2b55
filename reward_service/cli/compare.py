"""`clinical-reward compare`: scored runs against each other, question by question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reward_service.cli.options import Pipeline, TagNames, Weights, scorer_factory

if TYPE_CHECKING:
    from reward_service.compare import Comparison, Options, Run
    from reward_service.settings import Settings


def compare(
    runs: Annotated[
        list[str], typer.Argument(metavar="RUN RUN...", help="Outputs of clinical-reward score.")
    ],
    key: Annotated[
        str, typer.Option(help="Column that says which rows are one question, in every run.")
    ] = "id",
    by: Annotated[
        str | None,
        typer.Option(help="Also compare within the values of this column, as in subject."),
    ] = None,
    changes: Annotated[
        str, typer.Option(help="Show the largest changes of this objective.")
    ] = "reward",
    most: Annotated[int, typer.Option(min=0, help="How many of the largest changes.")] = 5,
    texts: Annotated[
        list[str] | None,
        typer.Option(
            help="What a run was scored from, to show texts; once for each run, in their order."
        ),
    ] = None,
    rescore: Annotated[
        bool,
        typer.Option("--rescore", help="Score runs of another scorer anew; needs --texts."),
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option(
            help="Scoring processes of --rescore [default: REWARD_WORKERS, else one per core]",
            show_default=False,
        ),
    ] = None,
    resamples: Annotated[int, typer.Option(min=100, help="Resamples of the bootstrap.")] = 2000,
    level: Annotated[
        float, typer.Option(min=0.5, max=0.999, help="Level of the confidence intervals.")
    ] = 0.95,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the bootstrap.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    html: Annotated[
        Path | None, typer.Option(help="Write one self-contained HTML file instead.")
    ] = None,
    pipeline: Pipeline = None,
    tags: TagNames = None,
    weights: Weights = None,
) -> None:
    """Compare scored runs: every RUN with the first, question by question.

    A question's value is the mean of its completions. Differences are RUN minus the first, with
    intervals of the paired bootstrap over questions. Runs of different scorers are refused.

    \b
    Examples:
      clinical-reward compare base.parquet trained.parquet
      clinical-reward compare base.parquet a.parquet b.parquet --by subject --html report.html
      clinical-reward compare base.parquet trained.parquet --texts base.jsonl --texts trained.jsonl
      clinical-reward compare old.parquet new.parquet --rescore --texts old.jsonl --texts new.jsonl
    """
    from reward_service.compare import CompareError, Options, compare_runs, read_run
    from reward_service.settings import Settings

    if texts and len(texts) != len(runs):
        raise CompareError(f"--texts: expected one for each of the {len(runs)} runs")
    if rescore and not texts:
        raise CompareError("--rescore needs what the runs were scored from: --texts for each run")
    settings = Settings.load(workers=workers, pipeline=pipeline, tags=tags, weights=weights)
    options = Options(resamples, level, seed, most, changes)
    read = [read_run(name, key=key, by=by) for name in runs]
    if rescore:
        read = _rescored(read, texts or [], settings, key, by)
    comparison = compare_runs(read, options)
    if texts and most:
        comparison = _with_texts(read, texts, comparison, options)
    _show(comparison, as_json, html)


def _rescored(
    runs: Sequence[Run], texts: Sequence[str], settings: Settings, key: str, by: str | None
) -> list[Run]:
    from rich.console import Console

    from reward_service.cli.progress import Watch
    from reward_service.compare.texts import rescored

    make_scorer = scorer_factory(settings)
    now = make_scorer().identity.fingerprint
    found = []
    for run, source in zip(runs, texts, strict=True):
        if run.fingerprint == now:
            found.append(run)
            continue
        watch = Watch(Console(stderr=True))
        with watch:
            found.append(
                rescored(
                    run,
                    source,
                    make_scorer,
                    workers=max(1, settings.workers),
                    key=key,
                    by=by,
                    report=watch.report,
                )
            )
    return found


def _with_texts(
    runs: Sequence[Run], texts: Sequence[str], comparison: Comparison, options: Options
) -> Comparison:
    from reward_service.compare import compare_runs
    from reward_service.compare.texts import with_texts

    keys = [{c.key for pair in comparison.pairs for c in pair.changes}]
    keys += [{change.key for change in pair.changes} for pair in comparison.pairs]
    full = [with_texts(*each) for each in zip(runs, texts, keys, strict=True)]
    return replace(comparison, pairs=compare_runs(full, options).pairs)


def _show(comparison: Comparison, as_json: bool, html: Path | None) -> None:
    if as_json:
        import orjson

        typer.echo(orjson.dumps(asdict(comparison), default=list, option=orjson.OPT_INDENT_2))
    elif html is not None:
        from reward_service.cli.compare_html import page

        html.write_text(page(comparison), "utf-8")
        typer.echo(f"wrote {html}", err=True)
    else:
        from rich.console import Console

        from reward_service.cli.compare_terminal import show

        show(comparison, Console(highlight=False))

"""`clinical-reward validate`: do the scores agree with people, on data that you have."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reward_service.cli.options import Pipeline, names, scorer_factory

if TYPE_CHECKING:
    from reward_service.settings import Settings
    from reward_service.validity.base import Test
    from reward_service.validity.run import Result


def validate(
    data: Annotated[
        Path | None,
        typer.Option(
            envvar="CLINICAL_DATA_DIR",
            exists=True,
            file_okay=False,
            help="Folder of the data files; tests whose files are missing are skipped.",
        ),
    ] = None,
    half: Annotated[
        str, typer.Option(help="Which questions: tune, report (the other half), or all.")
    ] = "tune",
    tests: Annotated[
        str | None,
        typer.Option(help="Run only these, as in findings,polarity", show_default=False),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(min=1, help="Most questions of a data set.", show_default=False),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of samples and intervals.")] = 0,
    output: Annotated[
        Path | None, typer.Option(help="Write the figures to this JSON file.")
    ] = None,
    markdown: Annotated[
        Path | None, typer.Option(help="Write the table to this Markdown file.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Exit with 1 when a goal is missed.")
    ] = False,
    show_tests: Annotated[
        bool, typer.Option("--list", help="List the tests with what they ask, and exit.")
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option(
            help="Scoring processes [default: REWARD_WORKERS, else one per core]",
            show_default=False,
        ),
    ] = None,
    pipeline: Pipeline = None,
) -> None:
    """Measure how far the scores agree with people, with intervals and beside naive scores.

    Tune on one half of the questions and report the other. What every figure means, and what it
    does not show, is in docs/validity.md; the data files and where they come from, too.

    \b
    Examples:
      clinical-reward validate --data data
      clinical-reward validate --data data --half report --markdown validity.md --check
      clinical-reward validate --data data --tests findings,polarity --limit 50
    """
    from reward_service.settings import Settings
    from reward_service.validity.errors import ValidityError
    from reward_service.validity.halves import HALVES
    from reward_service.validity.registry import named

    if half not in HALVES:
        raise ValidityError(f"--half: expected one of {', '.join(HALVES)}, got {half!r}")
    chosen = named(names(tests))
    if show_tests:
        for test in chosen:
            typer.echo(f"{test.name}: {test.meaning}")
        return
    settings = Settings.load(workers=workers, pipeline=pipeline)
    result = _measure(chosen, data, half, limit, seed, settings)
    _show(result)
    _save(result, output, markdown)
    if check and result.missed:
        raise typer.Exit(1)


def _measure(
    tests: tuple[Test, ...],
    data: Path | None,
    half: str,
    limit: int | None,
    seed: int,
    settings: Settings,
) -> Result:
    from rich.console import Console

    from reward_service.validity.base import Context
    from reward_service.validity.run import run
    from reward_service.validity.scoring import Scoring

    console = Console(stderr=True, highlight=False)
    current = "loading the scorer"

    def begin(test: Test) -> None:
        nonlocal current
        current = test.name
        console.print(f"… {test.name}: {test.meaning}", style="dim", soft_wrap=True)

    def context(folder: Path) -> Context:
        return Context(data=folder, half=half, limit=limit, seed=seed, score=score)

    with console.status(current) as status:

        def scored(count: int) -> None:
            status.update(f"{current}: {count:,} completions scored so far")

        with Scoring(scorer_factory(settings), settings.workers, scored) as score:
            return run(tests, data, context, score.identity.model_dump(), begin)


def _show(result: Result) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from reward_service.validity.report import HEADER, cells, method

    console = Console(highlight=False)
    table = Table(*HEADER, box=None, pad_edge=False)
    styles = {True: "green", False: "red", None: None}
    for row in result.rows:
        table.add_row(*map(escape, cells(row)), style=styles[row.met])
    # A pipe gets the table unwrapped.
    console.width = max(console.width, 0 if console.is_terminal else 250)
    console.print(table)
    for why in result.skipped:
        console.print(escape(why), style="yellow", soft_wrap=True)
    console.print(escape(method(result)), style="dim", soft_wrap=True)
    console.print(f"scorer {result.scorer['fingerprint']}", style="dim")
    if result.missed:
        console.print(f"{len(result.missed)} goals missed", style="red")


def _save(result: Result, output: Path | None, page: Path | None) -> None:
    import orjson

    from reward_service.validity.report import as_json, markdown

    if output is not None:
        options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
        output.write_bytes(orjson.dumps(as_json(result), option=options))
    if page is not None:
        page.write_text(markdown(result), "utf-8")
    for path in (output, page):
        if path is not None:
            typer.echo(f"wrote {path}", err=True)

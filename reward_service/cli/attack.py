"""`clinical-reward attack`: whether rewards can be had without honest reasoning."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reward_service.cli.options import Pipeline, Weights, names, scorer_factory

if TYPE_CHECKING:
    from reward_service.attacks.run import Advance


def attack(
    data: Annotated[
        Path | None,
        typer.Option(
            envvar="CLINICAL_DATA_DIR",
            help="Folder with data sets (docs/gaming.md); without it the bundled cases are used",
            show_default=False,
        ),
    ] = None,
    attacks: Annotated[
        str | None,
        typer.Option(help="Only these attacks, as in copy_case,all_praised", show_default=False),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(min=1, help="Most questions of each data set", show_default=False),
    ] = None,
    search: Annotated[
        int,
        typer.Option(
            min=0,
            metavar="BUDGET",
            help="Also search for cheats: scored completions for each question and aim.",
        ),
    ] = 0,
    seed: Annotated[int, typer.Option(min=0, help="Seed of everything random.")] = 0,
    workers: Annotated[
        int | None,
        typer.Option(
            help="Scoring processes [default: REWARD_WORKERS, else one per core]",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    markdown: Annotated[
        list[Path] | None,
        typer.Option(
            help="Also write the tables to this Markdown file, or between its attack marks.",
            show_default=False,
        ),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Exit with status 1 when a goal is missed.")
    ] = False,
    list_attacks: Annotated[
        bool, typer.Option("--list", help="List the attacks and do nothing else.")
    ] = False,
    pipeline: Pipeline = None,
    weights: Weights = None,
) -> None:
    """Try to earn rewards without honest reasoning, and compare with honest completions.

    Every attack turns a question, or an honest completion, into a cheat. Reported is how often the
    cheat's score is higher than that of the honest completion of the same question.

    \b
    Examples:
      clinical-reward attack
      clinical-reward attack --data DIR --markdown attacks.md --check
      clinical-reward attack --data DIR --limit 50 --attacks copy_reworded,option_template
      clinical-reward attack --data DIR --search 400
    """
    from rich.console import Console

    from reward_service.attacks.run import AttackConfig, run
    from reward_service.cli.attack_terminal import show, show_attacks
    from reward_service.settings import Settings

    console = Console(highlight=False)
    if list_attacks:
        show_attacks(console)
        return
    settings = Settings.load(workers=workers, pipeline=pipeline, weights=weights)
    config = AttackConfig(data, names(attacks), limit, search, seed)
    with _progress() as advance:
        report = run(
            config, scorer_factory(settings), workers=max(1, settings.workers), advance=advance
        )
    for name in report.missing:
        typer.echo(f"left out: {name} is not in {data}", err=True)
    for path in markdown or ():
        from reward_service.cli.attack_markdown import write

        write(report, path)
        typer.echo(f"wrote {path}", err=True)
    if as_json:
        from reward_service.cli.attack_view import as_bytes

        typer.echo(as_bytes(report))
    else:
        show(report, console)
    if check and report.failures:
        for line in report.failures:
            typer.echo(f"missed: {line}", err=True)
        raise typer.Exit(1)


@contextmanager
def _progress() -> Iterator[Advance]:
    """A progress bar on standard error; silent without a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    task = bar.add_task("loading the scorer", total=None)

    def advance(what: str, done: int, total: int) -> None:
        bar.update(task, description=what, completed=done, total=total)

    with bar:
        yield advance

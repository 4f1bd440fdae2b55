"""The program `crpo`: its commands, its version, its way of reporting errors.

Exit status: 0 all well, 2 the command could not be carried out, 130 interrupted.

A command imports what it needs when it runs, so that help and errors come at once.
"""

from __future__ import annotations

import importlib.util
from importlib import import_module
from importlib.metadata import version
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from trainer.cli.data import data
from trainer.cli.errors import expected_errors
from trainer.cli.train import train

DISTRIBUTION = "clinical-crpo"
_INTERRUPTED = 130


class Group(TyperGroup):
    """Commands whose expected errors are a line on standard error, not a traceback."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except expected_errors() as error:
            typer.echo(f"error: {error}", err=True)
            raise typer.Exit(2) from None
        except KeyboardInterrupt:
            typer.echo("interrupted", err=True)
            raise typer.Exit(_INTERRUPTED) from None


app = typer.Typer(
    cls=Group,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command()(train)
for _name in ("evaluate", "report"):
    if importlib.util.find_spec(f"trainer.cli.{_name}"):
        app.command()(getattr(import_module(f"trainer.cli.{_name}"), _name))
app.add_typer(data, name="data")


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"crpo {version(DISTRIBUTION)}")
        raise typer.Exit


@app.callback()
def _root(
    _: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Train and evaluate a policy on verifiable clinical rewards that a service gives over HTTP.

    Start the service first: clinical-reward serve. docs/training.md goes from data to a model.
    """


def main() -> None:
    """Entry point of the console script."""
    app()

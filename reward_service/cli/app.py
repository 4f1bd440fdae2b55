"""The program `clinical-reward`: its commands, its version, its way of reporting errors.

Exit status: 0 all well, 1 finished but something was wrong (bad rows, a failed check), 2 the
command could not be carried out, 130 interrupted.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from reward_service.cli.attack import attack
from reward_service.cli.bench import bench
from reward_service.cli.compare import compare
from reward_service.cli.doctor import doctor
from reward_service.cli.explain import explain
from reward_service.cli.keys import keys
from reward_service.cli.load import load
from reward_service.cli.report import report
from reward_service.cli.score import score
from reward_service.cli.serve import serve
from reward_service.cli.soak import soak
from reward_service.cli.validate import validate
from reward_service.wire.errors import RewardServiceError

DISTRIBUTION = "clinical-crpo"


class Group(TyperGroup):
    """Commands whose expected errors are one line on standard error, not a traceback."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except RewardServiceError as error:
            typer.echo(f"error: {error}", err=True)
            raise typer.Exit(2) from None
        except ModuleNotFoundError as error:
            if error.name != "pyarrow":
                raise
            typer.echo("error: files need pyarrow: pip install pyarrow", err=True)
            raise typer.Exit(2) from None
        except KeyboardInterrupt:
            typer.echo("interrupted", err=True)
            raise typer.Exit(130) from None


app = typer.Typer(
    cls=Group,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for command in (
    serve,
    score,
    compare,
    report,
    explain,
    doctor,
    bench,
    load,
    soak,
    attack,
    validate,
):
    app.command()(command)
app.add_typer(keys, name="keys")


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"clinical-reward {version(DISTRIBUTION)}")
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
    """Verifiable clinical rewards: score completions by accuracy, faithfulness and coverage.

    Settings come from REWARD_ environment variables; a command's options win over them.
    """


def main() -> None:
    """Entry point of the console script."""
    app()

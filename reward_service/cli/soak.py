"""`clinical-reward soak`: minutes of load and faults, with an account of every request."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from reward_service.cli.benchmarks.soak import Account


def soak(
    minutes: Annotated[float, typer.Option(min=0.05, help="How long.")] = 5.0,
    completions: Annotated[
        int | None, typer.Option(min=1, help="Until so many are scored, instead of minutes.")
    ] = None,
    words: Annotated[int, typer.Option(min=10, help="Words of a completion.")] = 60,
    workers: Annotated[int, typer.Option(min=1, help="Scoring processes.")] = 2,
    faults: Annotated[bool, typer.Option(help="Inject faults.")] = True,
) -> None:
    """Load the service, break it in a dozen ways, and say what became of every request.

    Processes are killed and stopped, clients send too slowly, too much, nonsense, leave and do not
    read. Half of the answers are compared, byte by byte, with what this process scores. At the end
    SIGTERM comes under load. Exit status 1 if a request was lost or an answer was another one.

    \b
    Examples:
      clinical-reward soak
      clinical-reward soak --minutes 0.5
      clinical-reward soak --no-faults --completions 500000
    """
    from reward_service.cli.benchmarks.soak import soak as run

    account = run(
        seconds=60 * minutes,
        completions=completions,
        words=words,
        workers=workers,
        faults=faults,
        say=lambda what: typer.echo(f"… {what}", err=True),
    )
    for line in _report(account):
        typer.echo(line)
    if account.lost or account.different or account.mishandled or account.exit_status != 0:
        raise typer.Exit(1)


def _report(account: Account) -> Iterable[str]:
    ordered = sorted(account.milliseconds)
    p50, p99 = (ordered[int(share * (len(ordered) - 1))] for share in (0.5, 0.99))
    errors = ", ".join(f"{n} × {kind}" for kind, n in sorted(account.errors.items())) or "none"
    rows = {
        "time": f"{account.seconds:.0f} s",
        "load held": f"{account.completions / account.seconds:.0f} completions/s, "
        f"p50 {p50:.0f} ms, p99 {p99:.0f} ms",
        "requests": f"{account.sent:,} with {account.completions:,} completions",
        "lost": str(account.lost),
        "answers compared": f"{account.checked:,}, other bytes: {account.different}",
        "answers with a `scorer_error`": str(account.abstained),
        "typed errors": errors,
        "SIGTERM under load": f"exit status {account.exit_status}; answered before it: "
        f"{account.logged:,} by the service's log, {account.answered:,} here",
    }
    yield from _table("soak", "", rows)
    if account.injected:
        mishandled = account.mishandled
        yield from _table(
            f"faults injected: {account.injected.total()}",
            "times, not handled well",
            {name: f"{n}, {mishandled[name]}" for name, n in account.injected.items()},
        )
    tenths = [account.samples[n * (len(account.samples) - 1) // 10] for n in range(11)]
    yield from _table(
        "completions so far",
        "memory, open files, processes",
        {
            f"{at.completions:,}": f"{at.megabytes:.0f} MB, {at.files}, {at.processes}"
            for at in tenths
        },
    )


def _table(left: str, right: str, rows: dict[str, str]) -> Iterable[str]:
    yield from ("", f"| {left} | {right} |", "| --- | --- |")
    for name, value in rows.items():
        yield f"| {name} | {value} |"

"""A report of attacks in the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from reward_service.attacks.run import Report
from reward_service.attacks.suite import attacks
from reward_service.attacks.tally import Example
from reward_service.cli.attack_view import (
    AIMS,
    ATTACK_HEADER,
    FILLER_HEADER,
    SEARCH_HEADER,
    attack_cells,
    filler_cells,
    search_cells,
    subjects_line,
)

_SHOWN = 3  # examples
_WIDTH = 130  # of the widest table, so that a pipe gets it unwrapped
_SHOWN_CHARS = 600


def show(report: Report, console: Console) -> None:
    """Print the tables, and what gained most."""
    console.width = max(console.width, _WIDTH)
    console.print(escape(subjects_line(report)), style="bold")
    table = _table(ATTACK_HEADER)
    for outcome in report.outcomes:
        missed = outcome.missed(report.goals)
        cells = attack_cells(outcome, outcome.comparisons)
        table.add_row(*map(escape, cells), style="red" if missed else None)
    console.print(table)
    console.print()
    table = _table(FILLER_HEADER, left=2)
    for row in filler_cells(report):
        table.add_row(*map(escape, row))
    console.print(table)
    _show_gains(report, console)
    if report.searches:
        _show_search(report, console)
    goals = report.goals
    console.print(
        f"\ngoals: ahead in the reward on at most {goals.reward:.0%}, in one objective on at most "
        f"{goals.process:.0%} of items; filler moves nothing by more than {goals.filler:g}; "
        f"{len(report.failures)} missed",
        soft_wrap=True,
    )
    console.print(f"scorer {report.scorer.fingerprint}, seed {report.seed}", style="dim")


def show_attacks(console: Console) -> None:
    """Print every attack with its meaning."""
    table = Table("attack", "family", "meaning", box=None, pad_edge=False)
    for attack in attacks().values():
        table.add_row(attack.name, attack.family, escape(attack.meaning))
    console.print(table)


def _table(header: tuple[str, ...], left: int = 1) -> Table:
    table = Table(*header, box=None, pad_edge=False)
    for column in table.columns[left:]:
        column.justify = "right"
    table.columns[0].no_wrap = True
    return table


def _show_gains(report: Report, console: Console) -> None:
    """The attacks that gained most over an honest completion, each with its best case."""
    best = [(o.attack, max(o.examples.values(), key=_gain)) for o in report.outcomes if o.examples]
    best.sort(key=lambda pair: -_gain(pair[1]))
    if best:
        console.print("\nlargest gains over an honest completion", style="bold")
    for name, example in best[:_SHOWN]:
        _show_example(name, example, console)


def _show_search(report: Report, console: Console) -> None:
    console.print(f"\nsearch, {report.budget} scored completions for each aim", style="bold")
    table = _table(SEARCH_HEADER, left=2)
    for outcome in report.searches:
        table.add_row(*map(escape, search_cells(outcome)))
    console.print(table)
    for outcome in report.searches:
        if outcome.kind == "reward" and outcome.examples:
            example = max(outcome.examples.values(), key=_gain)
            _show_example(f"best found {AIMS[outcome.goal]}", example, console)


def _gain(example: Example) -> float:
    return (example.cheat.reward or 0.0) - (example.honest.reward or 0.0)


def _show_example(name: str, example: Example, console: Console) -> None:
    line = f"{name}: {example.source} {example.subject}, {_scores(example)}"
    console.print(escape(line), soft_wrap=True)
    text = " ".join(example.text.split())
    shown = text if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS]} …"
    console.print(escape(f"  {shown}"), style="dim", soft_wrap=True)


def _scores(example: Example) -> str:
    honest, cheat = example.honest, example.cheat
    return ", ".join(
        f"{name} {before:.2f} → {after:.2f}"
        for name, before, after in zip(honest._fields, honest, cheat, strict=True)
        if before is not None and after is not None
    )

"""A comparison in the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from reward_service.cli.compare_view import HEADER, heading, lines, method
from reward_service.compare.comparison import Change, Comparison, Difference

_STYLES = {"better": "green", "worse": "red", "": None}
_SHOWN_CHARS = 600
_NAME_WIDTH = 12


def show(comparison: Comparison, console: Console) -> None:
    """Print every pair: the differences, those by group, the largest changes."""
    for pair in comparison.pairs:
        console.print(escape(heading(pair)), style="bold", soft_wrap=True)
        console.print(_table(pair.differences))
        for name, differences in pair.groups.items():
            console.print(escape(f"\n{name or '(none)'}"), style="bold")
            console.print(_table(differences))
        if pair.changes:
            number = comparison.options.changes_of
            console.print(escape(f"\nlargest changes of {number}"), style="bold")
        for change in pair.changes:
            _show_change(change, console)
        console.print()
    console.print(escape(method(comparison.options)), style="dim", soft_wrap=True)
    console.print(escape(f"scorer {comparison.scorer['fingerprint']}"), style="dim")


def _table(differences: tuple[Difference, ...]) -> Table:
    # Narrow enough for 80 columns; in less, names are folded rather than cut off.
    table = Table(*HEADER, box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.columns[0].overflow, table.columns[0].min_width = "fold", _NAME_WIDTH
    for column in table.columns[1:]:
        column.justify = "right"
        column.no_wrap = True
    for line in lines(differences):
        table.add_row(*map(escape, line.cells), style=_STYLES[line.verdict])
    return table


def _show_change(change: Change, console: Console) -> None:
    line = f"{change.key}: {change.base:g} → {change.run:g} ({change.difference:+g})"
    console.print(escape(line), soft_wrap=True)
    for name, text in (
        ("question", change.question),
        ("base", change.base_completion),
        ("run", change.run_completion),
    ):
        if text is not None:
            shown = text if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS]} …"
            console.print(escape(f"  {name}: {' '.join(shown.split())}"), style="dim")

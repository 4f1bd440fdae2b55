"""What became of a question set, in the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from trainer.data.prepare import Prepared

_SHOWN = 5


def show_parts(prepared: Prepared, files: Mapping[str, Path]) -> None:
    """Print counts of records, copies, parts and leaks, and the most alike of the leaks."""
    copies = prepared.copies
    table = Table(box=box.SIMPLE, show_header=False)
    table.add_column()
    table.add_column(justify="right")
    table.add_column()
    table.add_row("records", f"{prepared.records:,}")
    reasons = Counter(unusable.reason for unusable in prepared.unusable)
    for reason, count in sorted(reasons.items()):
        table.add_row("unusable", f"{count:,}", reason)
    table.add_row("copies", f"{len(copies.exact):,}", "exact, taken out")
    table.add_row("", f"{len(copies.near):,}", "near with the same key, taken out")
    table.add_row("", f"{len(copies.conflicting):,}", "exact with another key, both taken out")
    for part, path in files.items():
        table.add_row(part, f"{len(prepared.parts[part]):,}", str(path))
    exact = sum(pair.similarity == 1.0 for pair in prepared.leaks)
    taken = "taken out of training" if prepared.leaks_removed else "still in training"
    table.add_row("leaks", f"{exact:,}", f"exact, {taken}")
    table.add_row("", f"{len(prepared.leaks) - exact:,}", f"near, {taken}")
    console = Console(highlight=False)
    console.print(table)
    for pair in prepared.leaks[:_SHOWN]:
        console.print(f"  {pair.first} ~ {pair.second}  {pair.similarity:.2f}", markup=False)
    if len(prepared.leaks) > _SHOWN:
        console.print("  … all in report.json")

"""Evaluations side by side in the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table as RichTable
from rich.text import Text

from trainer.evaluation.bootstrap import Interval
from trainer.evaluation.files import Evaluation
from trainer.evaluation.rows import METRIC
from trainer.evaluation.summary import Comparison

_FIRST = ("reward", "accuracy", "structure", "faithfulness", "coverage", "completion_tokens")
# Shown once, under the paper's name.
_REPEATED = ("metric_evidence_density", "metric_hallucination_rate")
_TITLES = {
    "metric_cecd": "CECD (by rules)",
    "metric_drc": "DRC (by rules)",
    "metric_hallucination": "hallucination (by rules)",
}


def comparison_table(
    evaluations: Sequence[Evaluation], comparisons: Sequence[Comparison | None]
) -> RichTable:
    """One row a score, one column an evaluation: value [low, high], and the difference from the
    first evaluation under it, with * where its interval leaves out 0.
    """
    level = evaluations[0].table.bootstrap.level
    table = RichTable(
        title=f"{evaluations[0].split}: mean over questions [{level:.0%} interval]",
        caption="Differences (Δ) are from the first column, paired by question."
        if len(evaluations) > 1
        else None,
    )
    table.add_column("score")
    for evaluation in evaluations:
        counts = evaluation.table
        table.add_column(
            f"{evaluation.label}\n{counts.completions} completions of {counts.questions} questions",
            justify="right",
        )
    for name in _ordered(evaluations):
        cells = [
            _cell(name, evaluation, comparison)
            for evaluation, comparison in zip(evaluations, comparisons, strict=True)
        ]
        if any(cell.plain for cell in cells):
            table.add_row(title(name), *cells)
    return table


def notes(evaluations: Sequence[Evaluation]) -> list[str]:
    """Lines on what the table's means leave out."""
    lines = []
    for one in evaluations:
        if missing := one.asked - one.table.questions:
            lines.append(f"{one.label}: {missing} of {one.asked} questions have no completion")
        for what, counts in (
            ("not judged", one.table.abstentions),
            ("not scored", one.table.failures),
        ):
            if counts:
                listed = ", ".join(f"{reason} ×{count}" for reason, count in counts.items())
                lines.append(f"{one.label}: {what}: {listed}")
    return lines


def title(name: str) -> str:
    """A column's name for people."""
    if name in _TITLES:
        return _TITLES[name]
    return name.removeprefix(METRIC).replace("lexical_", "lexical: ").replace("_", " ")


def _ordered(evaluations: Sequence[Evaluation]) -> list[str]:
    names = dict.fromkeys(one.name for e in evaluations for one in e.table.estimates)
    others = [name for name in names if name not in _FIRST and name not in _REPEATED]
    return [name for name in _FIRST if name in names] + others


def _cell(name: str, evaluation: Evaluation, comparison: Comparison | None) -> Text:
    interval = next((e.interval for e in evaluation.table.estimates if e.name == name), None)
    if interval is None:
        return Text("")
    text = Text(f"{_number(interval.value)} [{_number(interval.low)}, {_number(interval.high)}]")
    difference = None if comparison is None else comparison.differences.get(name)
    if difference is not None:
        text.append(f"\nΔ {_difference(difference)}", style="dim")
    return text


def _difference(interval: Interval) -> str:
    clear = "*" if interval.low > 0 or interval.high < 0 else ""
    return f"{interval.value:+.3f} [{interval.low:+.3f}, {interval.high:+.3f}]{clear}"


def _number(value: float) -> str:
    return f"{value:.1f}" if abs(value) >= 100 else f"{value:.3f}"

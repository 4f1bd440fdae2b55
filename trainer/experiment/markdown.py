"""Results as Markdown, ready to be read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from trainer.evaluation.bootstrap import Interval
from trainer.experiment.aggregate import Aggregate, Comparison
from trainer.experiment.claims import Verdict
from trainer.experiment.columns import COLUMNS, Column
from trainer.report.rollouts import Scored

_DASH = "–"


def table(results: Aggregate) -> str:
    """A row a policy, a column a score, each with its interval."""
    head = ["policy", "seeds", *(column.title for column in COLUMNS)]
    rows = [
        [name, str(len(results.seeds[name])), *(cell(row[c.name], c) for c in COLUMNS)]
        for name, row in results.table.items()
    ]
    return grid(head, rows)


def differences(comparisons: Mapping[str, Comparison], *, relative: bool) -> str:
    """Arm less baseline: in the scores' own units, or relative to the baseline in percent."""
    titles = [column.title for column in COLUMNS]
    head = ["policy", *(title.removesuffix(" %") if relative else title for title in titles)]
    rows = []
    for name, comparison in comparisons.items():
        cells = [name]
        for column in COLUMNS:
            both = comparison.columns[column.name]
            cells.append(
                percent(both.relative) if relative else cell(both.absolute, column, sign=True)
            )
        rows.append(cells)
    return grid(head, rows)


def verdict_table(verdicts: Sequence[Verdict]) -> str:
    """A line a claim and arm."""
    rows = [
        [
            verdict.arm,
            verdict.claim.text,
            percent(verdict.difference)
            if verdict.claim.relative
            else _points(verdict.difference, verdict.claim.column),
            verdict.outcome,
        ]
        for verdict in verdicts
    ]
    return grid(["policy", "claim", "found", "verdict"], rows)


def example(title: str, one: Scored) -> str:
    """A completion with its scores; the text cannot leave its block."""
    scores = {"reward": one.reward, **one.objectives}
    line = ", ".join(f"{inline(name)} {_score(value)}" for name, value in scores.items())
    if one.failure is not None:
        line += f"; not scored: {inline(one.failure)}"
    return f"**{inline(title)}**: {line}\n\n{block(one.completion)}\n"


def case(one: Scored) -> str:
    """A question with its options; the right one is marked."""
    options = one.item.get("options") or {}
    lines = [one.question, *(f"{letter}) {text}" for letter, text in options.items())]
    answer = one.item.get("answer")
    return block("\n".join(lines)) + (f"\n\nKey: {inline(str(answer))}\n" if answer else "\n")


def block(text: str) -> str:
    """A fenced block whose fence is longer than any in `text`."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"


def grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; the first column is text, the others are numbers."""
    lines = [head, [":--", *["--:" for _ in head[1:]]], *rows]
    return "\n".join("| " + " | ".join(map(_cell_text, line)) + " |" for line in lines)


def cell(value: Interval | None, column: Column, *, sign: bool = False) -> str:
    """A value with its interval, in the column's unit."""
    if value is None:
        return _DASH
    scale, digits = (100.0, 1) if column.percent else (1.0, 1 if column.name == "words" else 3)
    return _interval(value, scale=scale, digits=digits, sign=sign)


def percent(value: Interval | None) -> str:
    """A relative difference in percent."""
    return _DASH if value is None else _interval(value, scale=100.0, digits=1, sign=True, unit=" %")


def _points(value: Interval | None, name: str) -> str:
    return cell(value, next(c for c in COLUMNS if c.name == name), sign=True)


def _interval(value: Interval, *, scale: float, digits: int, sign: bool, unit: str = "") -> str:
    style = f"{'+' if sign else ''}.{digits}f"
    middle, low, high = (
        format(scale * x, style).replace("-", "−") for x in (value.value, value.low, value.high)
    )
    return f"{middle}{unit} [{low}, {high}]"


def _score(value: float | None) -> str:
    return "not judged" if value is None else f"{value:.2f}"


def inline(text: str) -> str:
    """Text without the characters that Markdown or HTML would act on."""
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", " ".join(text.split()))


def _cell_text(text: str) -> str:
    return text.replace("|", "\\|")

"""What the demonstration shows at its end: a table, two sentences, completions side by side."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from trainer.evaluation import Comparison, Evaluation
from trainer.evaluation.bootstrap import Interval

# Name in the table, column of an evaluation, format of its numbers.
SHOWN = (
    ("accuracy", "accuracy", "{:.2f}"),
    ("faithfulness", "faithfulness", "{:.2f}"),
    ("coverage", "coverage", "{:.2f}"),
    ("hallucination rate", "metric_hallucination", "{:.2f}"),
    ("options rejected, of 3", "metric_drc", "{:.2f}"),
    ("words", "metric_words", "{:.0f}"),
)
SCORES = ("accuracy", "faithfulness", "coverage")
PROCESS = ("faithfulness", "coverage")


class Changed(NamedTuple):
    """A test case with one completion from before and one from after, as evaluation rows.

    change: faithfulness and coverage after, less those before, summed over what both have.
    """

    change: float
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def before_and_after(start: Evaluation, end: Evaluation, differences: Comparison) -> Table:
    """Means over the test cases with intervals, and the differences paired by case."""
    level = end.table.bootstrap.level
    table = Table(
        caption=Text(
            f"[low, high]: {level:.0%} bootstrap interval over {end.table.questions} cases, "
            f"{end.table.completions // end.table.questions} completions each"
        ),
        caption_justify="left",
        box=SIMPLE_HEAD,
        pad_edge=False,
        collapse_padding=True,
    )
    table.add_column("mean of")
    for heading in ("before", "after", "difference"):
        table.add_column(heading, justify="right", no_wrap=True)
    for name, column, form in SHOWN:
        table.add_row(
            name,
            _interval(start.table[column].interval, form),
            _interval(end.table[column].interval, form),
            _interval(differences.differences[column], form.replace(":", ":+")),
        )
    return table


def summary(start: Evaluation, end: Evaluation, differences: Comparison) -> str:
    """What the table says, in a sentence that claims no more than the intervals allow."""
    words = []
    for name, column, _ in SHOWN[:4]:
        before, after = start.table[column].interval, end.table[column].interval
        difference = differences.differences[column]
        if before is None or after is None or difference is None:
            words.append(f"{name} was not judged")
        elif difference.low <= 0.0 <= difference.high:
            words.append(f"{name} did not change beyond chance")
        else:
            verb = "rose" if difference.value > 0 else "fell"
            share = f" by {abs(difference.value) / before.value:.0%}" if before.value else ""
            words.append(f"{name} {verb}{share}")
    sentence = "; ".join(words)
    return f"{sentence[:1].upper()}{sentence[1:]}."


def changed_cases(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> list[Changed]:
    """The case that gained most and the one that lost most; showing only gains would flatter.

    Cases are compared by the first of their samples in which both have a process score; none, when
    no case has.
    """
    earlier = {(row["id"], row["sample"]): row for row in before}
    cases: dict[str, Changed] = {}
    for row in sorted(after, key=lambda row: (row["id"], row["sample"])):
        old = earlier.get((row["id"], row["sample"]))
        changes = _changes(old, row) if old is not None else []
        if old is not None and changes:
            cases.setdefault(row["id"], Changed(sum(changes), old, row))
    ranked = sorted(cases.values(), key=lambda case: (-case.change, case.after["id"]))
    return [*ranked[:1], *ranked[1:][-1:]]


def example(case: Changed) -> Group:
    """The case, its completion before, its completion after."""
    item = json.loads(case.after["item"])
    options = "\n".join(
        f"{letter}. {text}{'  ← key' if letter == item['answer'] else ''}"
        for letter, text in item["options"].items()
    )
    gained = "green" if case.change > 0 else "red"
    return Group(
        Panel(
            Text(f"{item['question']}\n{options}"),
            title=f"faithfulness + coverage {case.change:+.2f}",
            title_align="left",
        ),
        Panel(
            Text(case.before["completion"]),
            title=f"before: {_scores(case.before)}",
            title_align="left",
            border_style="dim",
        ),
        Panel(
            Text(case.after["completion"]),
            title=f"after: {_scores(case.after)}",
            title_align="left",
            border_style=gained,
        ),
    )


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[float]:
    return [
        after[name] - before[name]
        for name in PROCESS
        if before[name] is not None and after[name] is not None
    ]


def _scores(row: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{name} {row[name]:.2f}" if row[name] is not None else f"{name} not judged"
        for name in SCORES
    )


def _interval(interval: Interval | None, form: str) -> str:
    if interval is None:
        return "not judged"
    value, low, high = (form.format(x) for x in (interval.value, interval.low, interval.high))
    return f"{value} [{low}, {high}]"

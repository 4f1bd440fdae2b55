"""Evaluated policies: the tables of a report, and accuracy against the other objectives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from trainer.evaluation.bootstrap import Interval
from trainer.evaluation.rows import read_rows
from trainer.evaluation.summary import summarise
from trainer.report.plot import Plot, plot
from trainer.report.relations import TradeOff, draw_trade_off
from trainer.report.run_folder import Run

START = "start"


@dataclass(frozen=True)
class EvaluationTable:
    """Means of one split: a row a policy, a column a score."""

    split: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, Mapping[str, Interval | None]], ...]


def evaluation_tables(runs: Sequence[Run], *, start: Path | None = None) -> list[EvaluationTable]:
    """A table for every split that any run was evaluated on.

    `start` is an evaluation of the policy before training; it leads the table of its split.
    """
    tables = []
    for split in sorted({split for run in runs for split in run.evaluations}):
        files = [(run.label, run.evaluations[split]) for run in runs if split in run.evaluations]
        if start is not None and start.stem == split:
            files.insert(0, (START, start))
        rows = tuple((label, _intervals(path)) for label, path in files)
        columns = tuple(dict.fromkeys(name for _, values in rows for name in values))
        tables.append(EvaluationTable(split, columns, rows))
    return tables


def trade_offs(runs: Sequence[Run], tables: Sequence[EvaluationTable]) -> list[Plot]:
    """Accuracy against faithfulness, and against coverage: through training and as evaluated."""
    evaluated = dict(tables[0].rows) if tables else {}
    plots = []
    for name in ("faithfulness", "coverage"):
        found = [_trade_off(run, index, name, evaluated) for index, run in enumerate(runs)]
        if START in evaluated:
            point = _point(evaluated[START], name)
            found.append(TradeOff(START, len(runs), point=point))
        shown = [one for one in found if one.path is not None or one.point is not None]
        if shown:
            title = f"Accuracy against {name}"
            caption = f"Each line follows a run's mean accuracy and {name} through training."
            if evaluated:
                caption += f" Filled markers: evaluation on {tables[0].split}, 95 % intervals."
            figure = draw_trade_off(shown, x_label=name, y_label="accuracy", title=title)
            plots.append(plot(f"accuracy-{name}", title, caption, figure))
    return plots


def _intervals(path: Path) -> dict[str, Interval | None]:
    return {one.name: one.interval for one in summarise(read_rows(path)).estimates}


def _trade_off(
    run: Run, index: int, name: str, evaluated: Mapping[str, Mapping[str, Interval | None]]
) -> TradeOff:
    x, y = run.metrics.get(f"objectives/{name}/mean"), run.metrics.get("objectives/accuracy/mean")
    path = None
    if x is not None and y is not None and np.isin(x.steps_T, y.steps_T).any():
        path = (x, y)
    return TradeOff(run.label, index, path, _point(evaluated.get(run.label, {}), name))


def _point(values: Mapping[str, Interval | None], name: str) -> tuple[Interval, Interval] | None:
    x, y = values.get(name), values.get("accuracy")
    return None if x is None or y is None else (x, y)

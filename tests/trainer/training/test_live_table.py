"""The live table: bars, means, what it takes in, with and without a terminal."""

from __future__ import annotations

import io
import math
from typing import Any

import pytest
from rich.console import Console

from trainer.config import RunConfig
from trainer.training.live import LiveTable, Shown, mean, shown_metrics, sparkline

SHOWN = (Shown("accuracy", "a", True), Shown("invented", "h", False), Shown("tokens", "t", None))


def run_config(**changes: Any) -> RunConfig:
    fields: dict[str, Any] = {
        "name": "n",
        "output": "o",
        "model": {"path": "m"},
        "data": {"train": "t"},
    }
    return RunConfig.model_validate(fields | changes)


def console(*, terminal: bool) -> Console:
    return Console(file=io.StringIO(), width=100, force_terminal=terminal, highlight=False)


def output(of: Console) -> str:
    text: str = of.file.getvalue()  # type: ignore[attr-defined]
    return text


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], ""),
        ([math.nan], ""),
        ([3.0], "▁"),
        ([2.0, 2.0], "▁▁"),
        ([0.0, 1.0], "▁█"),
        ([0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], "▁▂▃▄▅▆▇█"),
        ([1.0, math.nan, 0.0, math.inf], "█▁"),
    ],
)
def test_sparkline(values: list[float], expected: str) -> None:
    assert sparkline(values) == expected


def test_a_long_series_is_averaged_in_parts() -> None:
    assert sparkline([0.0, 2.0, 3.0, 5.0, 8.0, 8.0], width=3) == "▁▄█"
    assert len(sparkline([float(i) for i in range(101)], width=30)) == 30


def test_mean_leaves_out_what_is_not_finite() -> None:
    assert mean([1.0, math.nan, 2.0]) == 1.5
    assert math.isnan(mean([math.nan]))


def test_what_is_shown_follows_the_run() -> None:
    names = [one.name for one in shown_metrics(run_config())]
    assert names[:3] == ["accuracy", "faithfulness", "coverage"]
    two = {"objectives": ["accuracy", "coverage"], "weights": [1, 1]}
    names = [one.name for one in shown_metrics(run_config(reward=two))]
    assert names[:2] == ["accuracy", "coverage"] and "faithfulness" not in names
    assert shown_metrics(run_config(stage="cold_start"))[0].metric == "loss"


def test_means_of_the_first_and_the_last_steps() -> None:
    screen = console(terminal=False)
    with LiveTable(screen, SHOWN, every=10) as live:
        live.begin(0, 12)
        for step in range(1, 13):
            logs = {"a": step / 10, "h": -float(step), "t": 7.0, "step_time": 2.0}
            live.take(step, logs | {"reward/wait_share": 0.25})
    lines = output(screen).splitlines()
    # One line after ten steps, one after the last, then the table.
    assert lines[0] == "step 10 of 12: accuracy 0.80, invented -8.00, tokens 7.00"
    assert lines[1].startswith("step 12 of 12: accuracy 1.00")
    assert "step 12 of 12 · 2.0 s a step · 25.0% of the time waiting for rewards" in lines[2]
    rows = {line.split()[0]: line.split() for line in lines[3:] if line.split()}
    assert rows["accuracy"][1:4] == ["0.30", "1.00", "+0.70"]
    assert rows["invented"][1:4] == ["-3.00", "-10.00", "-7.00"]
    assert rows["tokens"][1:4] == ["7.00", "7.00", "+0.00"]


def test_a_change_for_the_better_is_green() -> None:
    live = LiveTable(console(terminal=False), SHOWN)
    for step, value in enumerate([0.0] * 5 + [1.0] * 5):
        live.take(step, {"a": value, "h": value, "t": value})
    changes = live.table().columns[3]._cells
    assert [str(getattr(cell, "style", "")) for cell in changes] == ["green", "red", ""]


def test_what_was_not_logged_is_a_dash() -> None:
    screen = console(terminal=False)
    live = LiveTable(screen, SHOWN)
    live.take(1, {"a": 0.5})
    screen.print(live.table())
    assert "invented" in output(screen) and "nan" not in output(screen)


def test_logs_of_other_things_are_passed_over() -> None:
    screen = console(terminal=False)
    live = LiveTable(screen, SHOWN, every=1)
    live.take(1, {"eval_a": 1.0, "train_runtime": 3.0})
    assert output(screen) == ""


def test_the_terminal_is_set_free_after_a_failure() -> None:
    screen = console(terminal=True)
    with pytest.raises(RuntimeError), LiveTable(screen, SHOWN) as live:
        live.begin(0, 2)
        live.take(1, {"a": 1.0})
        raise RuntimeError
    hidden, shown = "\x1b[?25l", "\x1b[?25h"
    assert output(screen).count(hidden) == output(screen).count(shown) == 1


def test_without_a_terminal_a_failure_prints_no_table() -> None:
    screen = console(terminal=False)
    with pytest.raises(RuntimeError), LiveTable(screen, SHOWN):
        raise RuntimeError
    assert output(screen) == ""


@pytest.mark.parametrize("width", [80, 100])
def test_the_table_fits_a_terminal(width: int) -> None:
    screen = Console(file=io.StringIO(), width=width)
    config = run_config()
    # The progress lines, which are not wrapped, go elsewhere.
    live = LiveTable(console(terminal=False), shown_metrics(config))
    for step in range(40):
        live.take(step, {one.metric: float(step) for one in shown_metrics(config)})
    screen.print(live.table())
    text = output(screen)
    assert "…" not in text and "hallucination rate" in text
    assert max(map(len, text.splitlines())) <= width

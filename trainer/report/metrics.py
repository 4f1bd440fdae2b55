"""`metrics.jsonl`: what a run logged, as one series a metric."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.report.errors import ReportError

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Series:
    """One metric over the steps: `steps_T` ascending, `values_T` finite, both float64."""

    steps_T: FloatArray
    values_T: FloatArray

    def __len__(self) -> int:
        return len(self.steps_T)

    @property
    def last(self) -> float:
        """The latest value."""
        return float(self.values_T[-1])


def read_metrics(path: Path) -> dict[str, Series]:
    """The numbers of a `metrics.jsonl`, by metric name, sorted by name.

    Values that are null, not finite or not numbers are left out. A step that was logged twice
    keeps the later value. A last line without its newline is a run that is being written and is
    passed over. Raises ReportError for any other line that is no object with a "step".
    """
    values: dict[str, dict[float, float]] = {}
    lines = path.read_text("utf-8").split("\n")
    for number, line in enumerate(lines[:-1], start=1):
        if not line.strip():
            continue
        row = _row(line, f"{path}:{number}")
        for name, value in row.items():
            if name != "step" and _is_number(value) and math.isfinite(value):
                values.setdefault(name, {})[row["step"]] = float(value)
    return {name: _series(by_step) for name, by_step in sorted(values.items())}


def _row(line: str, place: str) -> dict[str, float]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise ReportError(f"{place}: expected one JSON object a line: {error}") from error
    if not isinstance(row, dict) or not _is_number(row.get("step")):
        raise ReportError(f'{place}: expected a JSON object with a number as "step"')
    return row


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _series(by_step: Mapping[float, float]) -> Series:
    steps = sorted(by_step)
    return Series(
        steps_T=np.array(steps, dtype=np.float64),
        values_T=np.array([by_step[step] for step in steps], dtype=np.float64),
    )

"""`metrics.jsonl` of a training run: learning curves."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from pathlib import Path

from reward_service.runs.errors import RunsError

# Title → which metrics are drawn together; the pattern's group names the line.
FAMILIES = (
    ("objectives", r"objectives/(.+)/mean", (0.0, 1.0)),
    ("reward", r"(reward)", None),
    ("groups that all scored alike", r"(?:objectives/)?(.+)/zero_variance_groups", (0.0, 1.0)),
    ("abstentions", r"objectives/(.+)/abstained", (0.0, 1.0)),
    ("length of completions, in tokens", r"completions/(mean_length)", None),
    ("KL to the reference policy", r"(kl)", None),
)


@dataclass(frozen=True)
class Line:
    """One metric over the steps: (step, value), ascending, finite."""

    name: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Chart:
    """Lines that are drawn together; `limits` of their values where they are known."""

    title: str
    lines: tuple[Line, ...]
    limits: tuple[float, float] | None


def read_curves(path: Path) -> tuple[Chart, ...]:
    """The learning curves of a `metrics.jsonl`. A last line that is being written is passed over.

    A step that was logged twice keeps its later value. Raises RunsError for a damaged file.
    """
    values: dict[str, dict[float, float]] = {}
    for number, line in enumerate(path.read_text("utf-8").split("\n")[:-1], start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            step = float(row["step"])
        except (ValueError, TypeError, KeyError) as error:
            raise RunsError(
                f'{path.name}, line {number}: expected a JSON object with "step"'
            ) from error
        for name, value in row.items():
            if _is_number(value):
                values.setdefault(name, {})[step] = float(value)
    charts = []
    for title, pattern, limits in FAMILIES:
        found = [(re.fullmatch(pattern, name), points) for name, points in sorted(values.items())]
        lines = tuple(Line(m[1], tuple(sorted(points.items()))) for m, points in found if m)
        if lines:
            charts.append(Chart(title, lines, limits))
    return tuple(charts)


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value)

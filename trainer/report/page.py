"""The HTML page: everything in one file, every text escaped."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from trainer.evaluation.bootstrap import Interval
from trainer.report.evaluated import EvaluationTable
from trainer.report.examples import Examples
from trainer.report.plot import Plot
from trainer.report.run_folder import Run, fingerprints
from trainer.report.style import dark_style, look

_DASH = "–"


@dataclass(frozen=True)
class Section:
    """Figures under one heading, with sentences for what is not drawn."""

    title: str
    plots: Sequence[Plot]
    notes: Sequence[str] = ()


def render(
    runs: Sequence[Run],
    *,
    sections: Sequence[Section],
    glance: Sequence[tuple[str, Mapping[str, tuple[float, float] | None]]],
    evaluations: Sequence[EvaluationTable],
    examples: Sequence[tuple[str, Examples | None]],
) -> str:
    """The report as HTML. Nothing in it loads anything from elsewhere."""
    environment = Environment(
        loader=PackageLoader("trainer.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(number=number, signed=signed, estimate=estimate, words=words)
    environment.globals.update(look=look, data_uri=data_uri)
    return environment.get_template("report.html.j2").render(
        runs=runs,
        title=runs[0].label if len(runs) == 1 else f"{len(runs)} runs",
        fingerprints=fingerprints(runs),
        dark_style=dark_style(),
        missing=[(run.label, text) for run in runs for text in run.missing],
        glance=glance,
        sections=sections,
        evaluations=evaluations,
        examples=examples,
        facts=[(run, _facts(run)) for run in runs],
    )


def data_uri(plot: Plot) -> str:
    """The figure as an address that holds the figure itself."""
    text = base64.b64encode(plot.svg.encode()).decode()
    return f"data:image/svg+xml;base64,{text}"


def number(value: float | None) -> str:
    """A number for reading, or a dash for what was not judged."""
    return _DASH if value is None else f"{value:.2f}"


def signed(value: float | None) -> str:
    """A change for reading, with its sign and a real minus."""
    return _DASH if value is None else f"{value:+.2f}".replace("-", "−")


def estimate(value: Interval | None) -> str:
    """A mean with its interval."""
    if value is None:
        return _DASH
    digits = 1 if abs(value.value) >= 10 else 3
    return f"{value.value:.{digits}f} [{value.low:.{digits}f}, {value.high:.{digits}f}]"


def words(name: str) -> str:
    """A column's name for reading."""
    return name.removeprefix("metric_").replace("_", " ")


def _facts(run: Run) -> list[tuple[str, str]]:
    """What `run.json` says, one line a fact, in its own order."""
    return [(key.replace("_", " "), _plain(value)) for key, value in run.info.items()]


def _plain(value: Any) -> str:
    """A JSON value as people would write it."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_plain(inner)}" for key, inner in value.items()) or "none"
    if isinstance(value, list):
        return ", ".join(_plain(inner) for inner in value) or "none"
    return "none" if value is None else json.dumps(value)

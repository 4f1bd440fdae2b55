"""`clinical-reward report`: a run as one HTML file, its figures, and a fragment of a model card."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reward_service.cli.options import Weights

if TYPE_CHECKING:
    from reward_service.runs.curves import Chart
    from reward_service.runs.source import Source
    from reward_service.runs.summary import Summary
    from reward_service.web.runs import Frozen
    from reward_service.wire import Scorer

_VIEWS = ("disagreement", "gaming", "unfaithful", "abstained")
_TEXTS = 3


def report(
    run: Annotated[
        Path,
        typer.Argument(
            metavar="RUN", help="A scored Parquet file, or the folder of a training run."
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Argument(metavar="[OUTPUT.html]", help="The page [default: RUN's name, .html]"),
    ] = None,
    figures: Annotated[
        Path | None, typer.Option(help="Also write each figure as an SVG file into this folder.")
    ] = None,
    card: Annotated[
        Path | None, typer.Option(help="Also write a fragment of a model card, in Markdown.")
    ] = None,
    rows: Annotated[int, typer.Option(min=1, max=1000, help="Rows that each view shows.")] = 20,
    weights: Weights = None,
) -> None:
    """Write what the page shows of a run into one HTML file that needs nothing else.

    Distributions, correlations, length against reward, groups that all scored alike, abstentions,
    learning curves, and the completions to look at first: where objectives disagree, where gaming
    is suspected, right answers that are not faithful. Weights are the run's own; --weights stands
    in where it does not say them. Needs DuckDB: the extra 'runs'.

    \b
    Examples:
      clinical-reward report scores.parquet
      clinical-reward report runs/crpo-3b report.html --figures figures --card card.md
    """
    from reward_service.objectives.registry import objectives
    from reward_service.runs import RunsError, entry_at
    from reward_service.runs.curves import read_curves
    from reward_service.runs.source import opened
    from reward_service.runs.summary import summary_of
    from reward_service.settings import Settings
    from reward_service.web.render import Shown
    from reward_service.web.runs import run_page

    if not run.exists():
        raise RunsError(f"{run}: no such file or folder")
    entry = entry_at(run, name=run.resolve().name)
    if entry is None:
        raise RunsError(
            f"{run}: expected a Parquet file of clinical-reward score or crpo evaluate, or the "
            "folder of a run of crpo train"
        )
    paid = {name: objective.default_weight for name, objective in objectives().items()}
    chosen = {**paid, **Settings.load(weights=weights).weights}
    curves = read_curves(entry.metrics_file) if entry.metrics_file else ()
    with opened(entry, chosen) as source:
        summary = summary_of(source)
        page = run_page(
            Shown(_scorer(source), source.weights, inline=True),
            source,
            entry,
            summary=summary,
            table=None,
            curves=curves,
            frozen={view: _frozen(source, view, rows) for view in _VIEWS},
        )
        if card is not None:
            from reward_service.cli.report_card import model_card

            _write(card, model_card(source, summary))
    output = output or Path(f"{entry.name.removesuffix('.parquet')}.html")
    _write(output, page)
    if figures is not None:
        for name, svg in _figures(summary, curves).items():
            _write(figures / f"{name}.svg", svg)


def _frozen(source: Source, view: str, rows: int) -> Frozen:
    from reward_service.runs.rows import read_row
    from reward_service.runs.views import table_of
    from reward_service.web.runs import Frozen, form_of

    table = table_of(source, view, size=rows)
    forms = [(row.position, form_of(read_row(source, row.position))) for row in table.rows[:_TEXTS]]
    return Frozen(table, {position: form for position, form in forms if form is not None})


def _scorer(source: Source) -> Scorer | None:
    """What scored the run, if it says all of it."""
    from reward_service.wire import Scorer

    known = {name: source.scorer.get(name) for name in Scorer.model_fields}
    return None if None in known.values() else Scorer.model_validate(known)


def _figures(summary: Summary, curves: tuple[Chart, ...]) -> dict[str, str]:
    """SVG files by name."""
    from reward_service.web import charts

    found = {
        f"distribution-{_slug(one.name)}": charts.standalone(charts.histogram(one), one.name)
        for one in summary.distributions
    }
    if summary.lengths and summary.length:
        unit = summary.length.removeprefix("metric_").replace("_", " ")
        drawn = charts.lengths(summary.lengths, unit)
        found["length-reward"] = charts.standalone(drawn, f"mean reward by {unit}")
    for chart in curves:
        names = [line.name.replace("_", " ") for line in chart.lines]
        drawn = charts.curves(chart)
        found[f"curve-{_slug(chart.title)}"] = charts.standalone(drawn, chart.title, names)
    return found


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "unnamed"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    typer.echo(f"wrote {path}", err=True)

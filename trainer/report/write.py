"""Run folders in, one HTML file and its figures out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from trainer.report.evaluated import evaluation_tables, trade_offs
from trainer.report.examples import find_examples
from trainer.report.page import Section, render
from trainer.report.plot import Plot, plot, write_plots
from trainer.report.relations import correlation_text, draw_length_reward, length_reward
from trainer.report.run_folder import Run, read_runs
from trainer.report.training import ends, health_curves, learning_curves


def write_report(
    folders: Sequence[Path], output: Path, *, start: Path | None = None, examples: int = 4
) -> list[Path]:
    """Write `output` and a folder `figures` beside it with each figure as SVG and PNG.

    `start` is the evaluation (Parquet) of the policy that the runs began from.

    The same run folders give the same bytes. Returns the paths written, the page first. Raises
    ReportError for a folder that is no run's or holds a damaged file.
    """
    runs = read_runs(folders)
    health, notes = health_curves(runs)
    tables = evaluation_tables(runs, start=start)
    sections = [
        Section("Learning curves", learning_curves(runs)),
        Section("Trade-off", trade_offs(runs, tables)),
        Section("Length and reward", _lengths(runs)),
        Section("Health of the training", health, [*notes, *_unjudged(runs)]),
    ]
    shown = [run for run in runs if run.completion_files or run.evaluations]
    page = render(
        runs,
        sections=sections,
        glance=_glance(runs),
        evaluations=tables,
        examples=[(run.label, find_examples(run, start=start, count=examples)) for run in shown],
    )
    output.parent.mkdir(parents=True, exist_ok=True)
    figures = write_plots(
        [one for section in sections for one in section.plots], output.parent / "figures"
    )
    output.write_text(page, "utf-8")
    return [output, *figures]


def _glance(runs: Sequence[Run]) -> list[tuple[str, Mapping[str, tuple[float, float] | None]]]:
    """Start and end of each objective and of the reward, for every run that logged any."""
    names = {
        **{name: f"objectives/{name}/mean" for run in runs for name in run.objectives},
        "reward": "reward",
    }
    rows = [
        (
            run.label,
            {
                name: ends(run.metrics[metric]) if metric in run.metrics else None
                for name, metric in names.items()
            },
        )
        for run in runs
    ]
    return [(label, values) for label, values in rows if any(values.values())]


def _unjudged(runs: Sequence[Run]) -> list[str]:
    """How many of the kept completions have a null among their scores, one sentence a run."""
    return [
        f"{run.label}: of {len(run.rollouts)} kept completions {run.rollouts.abstained_N.sum()} "
        f"had an objective that abstained, {run.rollouts.failed_N.sum()} could not be scored."
        for run in runs
        if run.rollouts is not None
    ]


def _lengths(runs: Sequence[Run]) -> list[Plot]:
    plots = []
    for index, run in enumerate(runs):
        if run.rollouts is None or run.rollouts.lengths_N is None:
            continue
        data = length_reward(run.rollouts.lengths_N, run.rollouts.numbers["reward"])
        if data is None:
            continue
        title = "Length and reward" if len(runs) == 1 else run.label
        plots.append(
            plot(
                "length-reward" if len(runs) == 1 else f"length-reward-{index + 1}",
                title,
                f"{run.label}: all kept completions, with the mean reward of each tenth by length. "
                f"{correlation_text(data)}.",
                draw_length_reward(data, unit=run.rollouts.length_unit, title=title),
            )
        )
    return plots

"""Figures of an experiment: curves of each arm over its seeds, and the trade-off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from trainer.experiment.aggregate import Aggregate
from trainer.report.curves import Curve, draw_curves, rolling_mean
from trainer.report.metrics import Series
from trainer.report.plot import Plot, plot
from trainer.report.relations import TradeOff, draw_trade_off

# Metric, file name, title, and its limits.
_CURVES = (
    ("objectives/accuracy/mean", "accuracy", "Accuracy", (0.0, 1.0)),
    ("objectives/faithfulness/mean", "faithfulness", "Faithfulness", (0.0, 1.0)),
    ("objectives/coverage/mean", "coverage", "Coverage", (0.0, 1.0)),
    ("metrics/hallucination_rate/mean", "hallucination-rate", "Hallucination rate", (0.0, 1.0)),
    ("advantages/zero_variance_groups", "zero-variance", "Groups without spread", (0.0, 1.0)),
    ("completions/mean_length", "length", "Length in tokens", None),
    ("kl", "kl", "KL to the start", None),
)


def seed_curve(label: str, seeds: Sequence[Series], *, index: int) -> Curve | None:
    """Mean over seeds at the steps that all have, with a band from the lowest to the highest.

    Each seed is smoothed first, so that the band shows seeds and not the noise of steps.
    """
    if not seeds:
        return None
    steps_T = seeds[0].steps_T
    for series in seeds[1:]:
        steps_T = np.intersect1d(steps_T, series.steps_T)
    if not len(steps_T):
        return None
    values_ST = np.stack([series.values_T[np.isin(series.steps_T, steps_T)] for series in seeds])
    window = max(1, len(steps_T) // 12)
    smooth_ST = np.stack([rolling_mean(values_T, window) for values_T in values_ST])
    return Curve(
        label,
        steps_T,
        smooth_ST.mean(axis=0),
        smooth_ST.min(axis=0),
        smooth_ST.max(axis=0),
        index=index,
    )


def curves(logs: Mapping[str, Sequence[Mapping[str, Series]]]) -> list[Plot]:
    """One figure a metric with a line an arm. `logs` holds the metrics of each arm's seeds."""
    plots = []
    for metric, name, title, limits in _CURVES:
        drawn = [
            line
            for index, (arm, seeds) in enumerate(logs.items())
            if (
                line := seed_curve(
                    arm, [seed[metric] for seed in seeds if metric in seed], index=index
                )
            )
            is not None
        ]
        if drawn:
            figure = draw_curves(drawn, title=title, y_label=title.lower(), limits=limits)
            caption = f"{title} during training: mean of the seeds, band from lowest to highest."
            plots.append(plot(name, title, caption, figure))
    return plots


def trade_offs(results: Aggregate, arms: Sequence[str]) -> list[Plot]:
    """Accuracy against faithfulness, and against coverage, with the intervals of the table.

    `arms` gives the order of the looks, the same as in `curves`; the start comes after them.
    """
    order = [*arms, *(name for name in results.table if name not in arms)]
    plots = []
    for column in ("faithfulness", "coverage"):
        points = []
        for name, row in results.table.items():
            x, y = row[column], row["accuracy"]
            if x is not None and y is not None:
                points.append(TradeOff(name, order.index(name), point=(x, y)))
        if points:
            title = f"Accuracy against {column}"
            figure = draw_trade_off(points, x_label=column, y_label="accuracy", title=title)
            caption = f"{title} on the test questions, with 95 % intervals."
            plots.append(plot(f"accuracy-{column}", title, caption, figure))
    return plots

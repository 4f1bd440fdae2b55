"""Curves over training steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from trainer.report.metrics import FloatArray, Series
from trainer.report.style import drawing, look, shorten

# A curve of more points than this is also smoothed, else its noise hides its course.
_SMOOTH_FROM = 24
# More bands than these cover each other.
_BANDS_UP_TO = 6


@dataclass(frozen=True)
class Curve:
    """One line: `mean_T` over `steps_T`, and where it is known a band `low_T` to `high_T`."""

    label: str
    steps_T: FloatArray
    mean_T: FloatArray
    low_T: FloatArray | None = None
    high_T: FloatArray | None = None
    index: int = 0


def curve(
    label: str,
    mean: Series,
    *,
    spread: Series | None = None,
    limits: tuple[float, float] | None = None,
    index: int = 0,
) -> Curve:
    """A line with a band of one `spread` either side, cut off at `limits`."""
    if spread is None or not np.array_equal(spread.steps_T, mean.steps_T):
        return Curve(label, mean.steps_T, mean.values_T, index=index)
    low_T, high_T = mean.values_T - spread.values_T, mean.values_T + spread.values_T
    if limits is not None:
        low_T, high_T = np.clip(low_T, *limits), np.clip(high_T, *limits)
    return Curve(label, mean.steps_T, mean.values_T, low_T, high_T, index=index)


def rolling_mean(values_T: FloatArray, window: int) -> FloatArray:
    """Centred mean over `window` values; at the ends over those that are there."""
    half = window // 2
    sums = np.concatenate([[0.0], np.cumsum(values_T)])
    centre = np.arange(len(values_T))
    low = np.maximum(centre - half, 0)
    high = np.minimum(centre + half + 1, len(values_T))
    result: FloatArray = (sums[high] - sums[low]) / (high - low)
    return result


def draw_curves(
    curves: Sequence[Curve],
    *,
    title: str,
    y_label: str,
    limits: tuple[float, float] | None = None,
) -> Figure:
    """All `curves` in one panel; a legend if there is more than one."""
    with drawing():
        figure = Figure(figsize=(5.4, 3.3), layout="constrained")
        axes = figure.add_subplot()
        for one in curves:
            style = look(one.index)
            window = max(1, len(one.steps_T) // 12) if len(one.steps_T) > _SMOOTH_FROM else 1
            banded = len(curves) <= _BANDS_UP_TO
            if banded and one.low_T is not None and one.high_T is not None:
                axes.fill_between(
                    one.steps_T,
                    rolling_mean(one.low_T, window),
                    rolling_mean(one.high_T, window),
                    color=style.colour,
                    alpha=0.16 if len(curves) == 1 else 0.09,
                    linewidth=0,
                )
            if window > 1:
                axes.plot(one.steps_T, one.mean_T, color=style.colour, linewidth=0.6, alpha=0.35)
            axes.plot(
                one.steps_T,
                rolling_mean(one.mean_T, window),
                color=style.colour,
                linestyle=style.line,
                linewidth=1.7,
                marker=style.marker,
                markersize=4,
                markevery=_marked_every(len(one.steps_T), one.index),
                label=shorten(one.label),
            )
        if limits is not None:
            axes.set_ylim(limits[0] - 0.02 * (limits[1] - limits[0]), None)
            axes.set_ylim(None, min(axes.get_ylim()[1], limits[1] * 1.02))
        axes.set_title(shorten(title, 44))
        axes.set_xlabel("step")
        axes.set_ylabel(shorten(y_label))
        if len(curves) > 1:
            figure.legend(
                loc="outside lower center",
                ncols=legend_columns([one.label for one in curves]),
                fontsize=8,
                handlelength=3.2,
            )
    return figure


def legend_columns(labels: Sequence[str]) -> int:
    """How many legend entries fit beside each other."""
    return 4 if all(len(label) <= 14 for label in labels) else 2


def _marked_every(points: int, index: int) -> tuple[int, int]:
    """About six markers, shifted from curve to curve so that they do not hide each other."""
    every = max(1, points // 6)
    return (index * max(1, every // 4)) % every, every

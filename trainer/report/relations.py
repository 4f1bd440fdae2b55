"""Figures of one score against another: the trade-off, and reward against length."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from scipy.stats import rankdata

from trainer.evaluation.bootstrap import Interval
from trainer.report.curves import legend_columns, rolling_mean
from trainer.report.metrics import FloatArray, Series
from trainer.report.style import INK, drawing, look, shorten

_TREND_BINS = 10


@dataclass(frozen=True)
class TradeOff:
    """One run: its way through training, its evaluated point, or both."""

    label: str
    index: int
    path: tuple[Series, Series] | None = None
    point: tuple[Interval, Interval] | None = None


@dataclass(frozen=True)
class LengthReward:
    """Length against reward over the N completions that have both.

    `pearson` and `spearman` are None where one of the two does not vary.
    """

    lengths_N: FloatArray
    rewards_N: FloatArray
    pearson: float | None
    spearman: float | None


def length_reward(lengths_N: FloatArray, rewards_N: FloatArray) -> LengthReward | None:
    """The completions that have both numbers, with their correlations; None under three."""
    both_N = np.isfinite(lengths_N) & np.isfinite(rewards_N)
    lengths_N, rewards_N = lengths_N[both_N], rewards_N[both_N]
    if len(lengths_N) < 3:
        return None
    return LengthReward(
        lengths_N,
        rewards_N,
        pearson=_correlation(lengths_N, rewards_N),
        spearman=_correlation(rankdata(lengths_N), rankdata(rewards_N)),
    )


def trend(lengths_N: FloatArray, rewards_N: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean length and mean reward in each tenth of the completions, shortest first, each (B,)."""
    order = np.argsort(lengths_N, kind="stable")
    bins = np.array_split(order, min(_TREND_BINS, len(order)))
    return (
        np.array([lengths_N[chosen].mean() for chosen in bins]),
        np.array([rewards_N[chosen].mean() for chosen in bins]),
    )


def draw_trade_off(runs: Sequence[TradeOff], *, x_label: str, y_label: str, title: str) -> Figure:
    """Thin lines lead through training to an open marker; evaluated points are filled."""
    with drawing():
        figure = Figure(figsize=(5.4, 4.1), layout="constrained")
        axes = figure.add_subplot()
        for run in runs:
            style = look(run.index)
            if run.path is not None:
                x_T, y_T = _common(*run.path)
                axes.plot(x_T, y_T, color=style.colour, linewidth=1, alpha=0.55)
                axes.plot(
                    x_T[-1:],
                    y_T[-1:],
                    color=style.colour,
                    marker=style.marker,
                    markersize=7,
                    markerfacecolor="none",
                    linestyle="none",
                )
            if run.point is not None:
                x, y = run.point
                axes.errorbar(
                    [x.value],
                    [y.value],
                    xerr=_error(x),
                    yerr=_error(y),
                    color=style.colour,
                    marker=style.marker,
                    markersize=7,
                    linestyle="none",
                    elinewidth=1.3,
                    capsize=3,
                )
        axes.margins(0.08)
        axes.set_title(title)
        axes.set_xlabel(x_label)
        axes.set_ylabel(y_label)
        if len(runs) > 1:
            figure.legend(
                handles=[_legend_entry(run) for run in runs],
                loc="outside lower center",
                ncols=legend_columns([run.label for run in runs]),
                fontsize=8,
            )
    return figure


def draw_length_reward(data: LengthReward, *, unit: str, title: str) -> Figure:
    """How many completions lie where, and the mean reward of each tenth by length."""
    with drawing():
        figure = Figure(figsize=(5.4, 3.6), layout="constrained")
        axes = figure.add_subplot()
        cells = axes.hexbin(
            data.lengths_N, data.rewards_N, gridsize=26, mincnt=1, bins="log", cmap="cividis"
        )
        colours = figure.colorbar(cells, ax=axes, label="completions")
        colours.ax.yaxis.set_major_formatter("{x:g}")
        colours.outline.set_visible(False)
        x_B, y_B = trend(data.lengths_N, data.rewards_N)
        for width, colour in ((4.0, "white"), (1.8, look(1).colour)):
            axes.plot(x_B, y_B, color=colour, linewidth=width, solid_capstyle="round")
        axes.plot(x_B, y_B, linestyle="none", marker="o", markersize=4, color=look(1).colour)
        axes.grid(False)
        axes.set_xlabel(f"length ({unit})")
        axes.set_ylabel("reward")
        axes.text(
            0.02,
            1.0,
            correlation_text(data),
            transform=axes.transAxes,
            verticalalignment="bottom",
            fontsize=8,
            color=INK,
        )
        axes.set_title(shorten(title, 44), pad=18)
    return figure


def correlation_text(data: LengthReward) -> str:
    """The correlations in words."""
    if data.pearson is None or data.spearman is None:
        return f"n = {len(data.lengths_N)}; no correlation: one of the two does not vary"
    return (
        f"n = {len(data.lengths_N)}; Pearson r = {data.pearson:+.2f}; "
        f"Spearman ρ = {data.spearman:+.2f}"
    )


def _common(x: Series, y: Series) -> tuple[FloatArray, FloatArray]:
    """Both series, smoothed, at the steps that they share."""
    _, x_at, y_at = np.intersect1d(x.steps_T, y.steps_T, return_indices=True)
    window = max(1, len(x_at) // 6)
    return rolling_mean(x.values_T[x_at], window), rolling_mean(y.values_T[y_at], window)


def _legend_entry(run: TradeOff) -> Line2D:
    style = look(run.index)
    return Line2D(
        [],
        [],
        color=style.colour,
        marker=style.marker,
        linestyle="none",
        markerfacecolor=style.colour if run.point is not None else "none",
        label=shorten(run.label),
    )


def _error(interval: Interval) -> list[list[float]]:
    """Distances from the value to its bounds. A bound may lie on the wrong side by a hair."""
    return [
        [max(0.0, interval.value - interval.low)],
        [max(0.0, interval.high - interval.value)],
    ]


def _correlation(a_N: FloatArray, b_N: FloatArray) -> float | None:
    if np.ptp(a_N) == 0 or np.ptp(b_N) == 0:
        return None
    return float(np.corrcoef(a_N, b_N)[0, 1])

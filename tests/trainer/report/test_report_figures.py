from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from trainer.evaluation.bootstrap import Interval
from trainer.report.curves import Curve, curve, draw_curves, rolling_mean
from trainer.report.metrics import Series
from trainer.report.relations import (
    TradeOff,
    correlation_text,
    draw_length_reward,
    draw_trade_off,
    length_reward,
    trend,
)
from trainer.report.style import look, png, shorten, svg


def series(*values: float) -> Series:
    return Series(np.arange(1.0, len(values) + 1), np.array(values))


def test_rolling_mean_keeps_to_what_is_there_at_the_ends() -> None:
    values = np.array([0.0, 3.0, 6.0, 9.0])
    assert rolling_mean(values, 1).tolist() == [0, 3, 6, 9]
    assert rolling_mean(values, 3).tolist() == [1.5, 3, 6, 7.5]


def test_bands_stay_within_the_limits() -> None:
    line = curve("a", series(0.1, 0.9), spread=series(0.3, 0.3), limits=(0, 1))
    assert line.low_T is not None and line.high_T is not None
    assert line.low_T == pytest.approx([0, 0.6])
    assert line.high_T == pytest.approx([0.4, 1])


def test_a_spread_of_other_steps_gives_no_band() -> None:
    assert curve("a", series(0.1, 0.9), spread=series(0.3)).low_T is None


def test_looks_differ_in_more_than_colour() -> None:
    looks = [look(index) for index in range(40)]
    assert len(set(looks)) == 40
    for one, other in zip(looks, looks[7:], strict=False):
        assert one.colour == other.colour
        assert (one.line, one.marker) != (other.line, other.marker)


def test_figures_are_the_same_bytes_every_time() -> None:
    def draw() -> tuple[str, bytes]:
        figure = draw_curves(
            [curve("a", series(1, 2, 3)), curve("b", series(3, 2, 1), index=1)],
            title="T",
            y_label="y",
        )
        return svg(figure), png(figure)

    assert draw() == draw()


def test_svg_is_xml_follows_dark_pages_and_names_no_date() -> None:
    text = svg(draw_curves([curve("a", series(1, 2))], title="T", y_label="y"))
    assert ET.fromstring(text).tag.endswith("svg")
    assert "prefers-color-scheme:dark" in text
    assert "<dc:date>" not in text


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "$x^{$", "a & b", "病例 🩺", "--><x>"]
)
def test_any_name_can_be_drawn(name: str) -> None:
    figure = draw_curves(
        [curve(name, series(1, 2)), curve("b", series(2, 1), index=1)], title=name, y_label=name
    )
    text = svg(figure)
    ET.fromstring(text)
    assert "<script" not in text
    assert png(figure).startswith(b"\x89PNG")


def test_one_point_and_many_curves_can_be_drawn() -> None:
    lines = [Curve(f"run {n}", np.array([1.0]), np.array([0.5]), index=n) for n in range(20)]
    svg(draw_curves(lines, title="T", y_label="y", limits=(0, 1)))


def test_length_against_reward_by_hand() -> None:
    data = length_reward(
        np.array([1.0, 2.0, 3.0, 4.0, np.nan]), np.array([2.0, 4.0, 6.0, 8.0, 1.0])
    )
    assert data is not None
    assert len(data.lengths_N) == 4
    assert data.pearson == pytest.approx(1)
    assert data.spearman == pytest.approx(1)
    assert "Pearson r = +1.00" in correlation_text(data)


def test_no_correlation_where_nothing_varies() -> None:
    data = length_reward(np.array([5.0, 5.0, 5.0]), np.array([1.0, 2.0, 3.0]))
    assert data is not None and data.pearson is None
    assert "does not vary" in correlation_text(data)
    svg(draw_length_reward(data, unit="tokens", title="T"))
    assert length_reward(np.array([1.0, np.nan]), np.array([1.0, 2.0])) is None


def test_trend_is_the_mean_of_each_tenth() -> None:
    lengths = np.arange(20.0)[::-1]
    x, y = trend(lengths, lengths * 2)
    assert x.tolist() == [0.5 + 2 * n for n in range(10)]
    assert y.tolist() == [1 + 4 * n for n in range(10)]


def test_trade_off_with_a_path_a_point_or_both() -> None:
    point = (Interval(0.5, 0.4, 0.6), Interval(0.7, 0.7, 0.7))
    path = (series(0.1, 0.2, 0.3), series(0.5, 0.6, 0.7))
    figure = draw_trade_off(
        [TradeOff("a", 0, path, point), TradeOff("b", 1, path), TradeOff("c", 2, point=point)],
        x_label="faithfulness",
        y_label="accuracy",
        title="T",
    )
    assert all(f">{name}<" in svg(figure) for name in "abc")


def test_long_names_keep_their_ends() -> None:
    short = shorten("x" * 50 + "-seed-3")
    assert len(short) == 32 and short.endswith("-seed-3")
    assert shorten("short") == "short"

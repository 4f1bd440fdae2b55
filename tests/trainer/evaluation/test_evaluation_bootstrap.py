"""Intervals over questions."""

from __future__ import annotations

import numpy as np
import pytest

from trainer.evaluation.bootstrap import Bootstrap, differences, intervals

NAN = np.nan


def test_interval_of_a_proportion_is_about_right() -> None:
    values = np.repeat([0.0, 1.0], 200)[:, None]
    (found,) = intervals(values, Bootstrap())
    assert found is not None and found.value == 0.5
    half_width = 1.96 * np.sqrt(0.25 / 400)
    assert found.low == pytest.approx(0.5 - half_width, abs=0.006)
    assert found.high == pytest.approx(0.5 + half_width, abs=0.006)


def test_the_seed_decides_the_draw() -> None:
    values = np.random.default_rng(1).random((30, 2))
    assert intervals(values, Bootstrap()) == intervals(values, Bootstrap())
    assert intervals(values, Bootstrap(seed=1)) != intervals(values, Bootstrap())
    blocks = intervals(values, Bootstrap(resamples=513))
    assert blocks != intervals(values, Bootstrap(resamples=512))


def test_unjudged_questions_are_left_out() -> None:
    values = np.array([[1.0, NAN], [0.0, NAN], [NAN, NAN]])
    judged, none = intervals(values, Bootstrap())
    assert judged is not None and judged.value == 0.5
    assert none is None


def test_one_question_has_no_width() -> None:
    (found,) = intervals(np.array([[0.3]]), Bootstrap())
    assert found is not None and (found.low, found.value, found.high) == (0.3, 0.3, 0.3)


def test_paired_differences_are_narrower_than_their_sides() -> None:
    random = np.random.default_rng(2)
    hardness = random.random((100, 1))
    baseline = hardness + 0.01 * random.random((100, 1))
    (difference,) = differences(hardness + 0.1, baseline, Bootstrap())
    (side,) = intervals(hardness, Bootstrap())
    assert difference is not None and side is not None
    assert difference.value == pytest.approx(0.095, abs=0.002)
    assert difference.high - difference.low < 0.1 * (side.high - side.low)


@pytest.mark.parametrize(("field", "value"), [("resamples", 0), ("level", 1.0)])
def test_settings_out_of_range_are_refused(field: str, value: float) -> None:
    with pytest.raises(ValueError, match=field):
        Bootstrap(**{field: value})

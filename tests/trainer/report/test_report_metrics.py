from __future__ import annotations

from pathlib import Path

import pytest

from trainer.report import ReportError, read_metrics


def test_series_by_name_with_gaps(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    path.write_text('{"step": 1, "b": 0.5, "a": 1}\n\n{"step": 3, "b": 0.25, "note": "x"}\n')
    metrics = read_metrics(path)
    assert list(metrics) == ["a", "b"]
    assert metrics["b"].steps_T.tolist() == [1, 3]
    assert metrics["b"].values_T.tolist() == [0.5, 0.25]
    assert metrics["a"].last == 1


def test_nulls_nan_and_flags_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    path.write_text('{"step": 1, "a": null, "b": NaN, "c": true, "d": Infinity}\n')
    assert read_metrics(path) == {}


def test_a_repeated_step_keeps_the_later_value(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    path.write_text('{"step": 2, "a": 1}\n{"step": 1, "a": 5}\n{"step": 2, "a": 3}\n')
    assert read_metrics(path)["a"].values_T.tolist() == [5, 3]


def test_a_line_that_is_being_written_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    path.write_text('{"step": 1, "a": 1}\n{"step": 2, "a"')
    assert read_metrics(path)["a"].steps_T.tolist() == [1]


@pytest.mark.parametrize("line", ["{", "[1]", '{"a": 1}', '{"step": "one"}'])
def test_a_damaged_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "metrics.jsonl"
    path.write_text(f'{{"step": 1}}\n{line}\n')
    with pytest.raises(ReportError, match=r"metrics\.jsonl:2: expected"):
        read_metrics(path)

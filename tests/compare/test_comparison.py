from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reward_service.compare import CompareError, Options, compare_runs, read_run

Rows = list[dict[str, Any]]
Scored = Callable[..., Path]
NO_CHANGES = Options(resamples=200, most=0)


def read(path: Path, **options: Any) -> Any:
    return read_run(str(path), **options)


@pytest.mark.parametrize("end", [".parquet", ".jsonl.gz", ".csv", ".arrow", ".json"])
def test_means_wins_and_losses(
    scored: Scored, base_rows: Rows, better_rows: Rows, end: str
) -> None:
    base, run = scored(f"base{end}", base_rows), scored(f"run{end}", better_rows)
    comparison = compare_runs([read(base), read(run)], NO_CHANGES)
    (pair,) = comparison.pairs
    assert (pair.common, pair.only_base, pair.only_run) == (8, 0, 1)
    reward, accuracy, coverage = pair.differences
    assert (reward.number, accuracy.number, coverage.number) == ("reward", "accuracy", "coverage")
    assert accuracy.questions == 7  # one is not judged in the second run
    assert (accuracy.base, accuracy.run) == (round(2 / 7, 6), round(4 / 7, 6))
    assert accuracy.difference == round(2 / 7, 6)
    assert (accuracy.wins, accuracy.ties, accuracy.losses) == (5, 1, 1)
    assert accuracy.interval is not None
    assert accuracy.interval.low < 2 / 7 < accuracy.interval.high
    assert comparison.scorer["fingerprint"] == "f0"
    assert coverage.questions == 8


def test_a_run_against_itself_differs_in_nothing(scored: Scored, base_rows: Rows) -> None:
    run = read(scored("a.parquet", base_rows))
    for difference in compare_runs([run, run], NO_CHANGES).pairs[0].differences:
        assert difference.difference == 0
        assert difference.interval == (0, 0)
        assert difference.ties == difference.questions == 8


def test_groups(scored: Scored, base_rows: Rows, better_rows: Rows) -> None:
    runs = [
        read(scored(f"{name}.parquet", rows, keep=("subject",)), by="subject")
        for name, rows in (("base", base_rows), ("run", better_rows))
    ]
    groups = compare_runs(runs, NO_CHANGES).pairs[0].groups
    assert list(groups) == ["heart", "lung"]
    accuracies = {name: differences[1] for name, differences in groups.items()}
    assert [d.questions for d in accuracies.values()] == [4, 3]
    assert accuracies["heart"].losses == 1


def test_the_largest_changes_come_with_kept_texts(
    scored: Scored, base_rows: Rows, better_rows: Rows
) -> None:
    runs = [
        read(scored(f"{name}.parquet", rows, keep=("question", "completions")))
        for name, rows in (("base", base_rows), ("run", better_rows))
    ]
    options = Options(resamples=200, most=3, changes_of="accuracy")
    changes = compare_runs(runs, options).pairs[0].changes
    assert [(c.key, c.difference) for c in changes] == [("q0", -0.5), ("q1", 0.5), ("q2", 0.5)]
    assert changes[0].question == "<b>Case 0</b>: which one?"
    assert (changes[0].base_completion, changes[0].run_completion) == ("right", "wrong")
    with pytest.raises(CompareError, match="expected one of reward, accuracy, coverage"):
        compare_runs(runs, Options(changes_of="charm"))


def test_different_scorers_are_refused(scored: Scored, base_rows: Rows) -> None:
    base = read(scored("base.parquet", base_rows))
    for name, changes, words in (
        ("f.parquet", {"fingerprint": "f1"}, "different scorers"),
        ("o.parquet", {"objectives": ("accuracy",)}, "different objectives"),
        ("w.parquet", {"weights": (("accuracy", 2.0),)}, "different objectives or weights"),
    ):
        with pytest.raises(CompareError, match=words):
            compare_runs([base, read(scored(name, base_rows, **changes))], NO_CHANGES)


def test_runs_that_cannot_be_paired(scored: Scored, base_rows: Rows, tmp_path: Path) -> None:
    base = read(scored("base.parquet", base_rows))
    with pytest.raises(CompareError, match="two or more"):
        compare_runs([base], NO_CHANGES)
    other = scored("other.parquet", [{**row, "id": f"x{row['id']}"} for row in base_rows])
    with pytest.raises(CompareError, match="no question in common"):
        compare_runs([base, read(other)], NO_CHANGES)
    by_row = [read(tmp_path / "base.parquet", key="row"), read(other, key="row")]
    assert compare_runs(by_row, NO_CHANGES).pairs[0].common == 8
    nameless = scored("nameless.jsonl", [{**row, "id": None} for row in base_rows])
    with pytest.raises(CompareError, match="name another column with --key"):
        read(nameless)
    with pytest.raises(CompareError, match="score it with --keep subject"):
        read(tmp_path / "base.parquet", by="subject")


def test_files_that_are_no_runs(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with pytest.raises(CompareError, match="no such file"):
        read(path)
    path.write_text(json.dumps({"id": "q"}))
    with pytest.raises(CompareError, match=r"no a\.jsonl\.meta\.json"):
        read(path)
    broken = tmp_path / "a.parquet"
    broken.write_bytes(b"nothing")
    with pytest.raises(CompareError, match="cannot be read"):
        read(broken)

"""The numbers of a run, against sums by hand."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from reward_service.runs import RunsError, entry_at, find_run
from reward_service.runs.filters import Filter
from reward_service.runs.source import opened
from reward_service.runs.summary import Summary, abstention_codes, summary_of
from reward_service.runs.views import VIEWS, table_of

WEIGHTS = {"accuracy": 10.0, "structure": 0.0, "faithfulness": 1.0, "coverage": 1.0}


def summarised(folder: Path, name: str, *filters: Filter) -> Summary:
    with opened(find_run(folder, name), WEIGHTS) as source:
        return summary_of(source, filters)


def test_distributions_leave_nulls_out(runs_folder: Path) -> None:
    found = summarised(runs_folder, "base.parquet")
    assert (found.rows, found.of, found.failed) == (8, 8, 0)
    by_name = {one.name: one for one in found.distributions}
    assert list(by_name) == ["reward", "accuracy", "structure", "faithfulness", "coverage"]
    faithfulness = by_name["faithfulness"]
    assert faithfulness.judged == 6
    assert faithfulness.mean == pytest.approx((0.9 + 1 + 0.1 + 0.4 + 0.4 + 0.8) / 6)
    assert (faithfulness.counts[-1], sum(faithfulness.counts)) == (1, 6)
    assert (by_name["accuracy"].counts[0], by_name["accuracy"].counts[-1]) == (3, 4)
    assert (by_name["reward"].low, by_name["reward"].high) == (0.6, 11.5)


def test_groups_that_all_scored_alike(runs_folder: Path) -> None:
    found = {one.name: one for one in summarised(runs_folder, "base.parquet").spreads}
    # q4 has one judged rollout, so three groups count; q2 and q3 agree in accuracy.
    assert (found["accuracy"].groups, found["accuracy"].alike) == (3, 2)
    assert (found["faithfulness"].groups, found["faithfulness"].alike) == (2, 1)
    assert found["reward"].share == pytest.approx(1 / 3)


def test_correlations_are_symmetric_and_absent_where_nothing_varies(runs_folder: Path) -> None:
    found = summarised(runs_folder, "base.parquet")
    assert found.correlated == ("accuracy", "structure", "faithfulness", "coverage", "metric_words")
    matrix = found.correlations
    assert all(matrix[i][j] == matrix[j][i] for i in range(5) for j in range(5))
    judged = np.array([[0.9, 1, 0.1, 0.4, 0.4, 0.8], [0.6, 0.9, 0.5, 0.2, 0.2, 0.7]])
    assert matrix[2][3] == pytest.approx(np.corrcoef(judged)[0, 1])
    still = summarised(runs_folder, "base.parquet", Filter("subject", "eq", "heart"))
    assert still.correlations[1][2] is None


def test_abstentions_by_reason_and_lengths(runs_folder: Path) -> None:
    found = summarised(runs_folder, "base.parquet")
    assert found.abstentions == (
        ("accuracy", "scorer_error", 1),
        ("coverage", "scorer_error", 1),
        ("faithfulness", "no_findings_in_case", 1),
        ("faithfulness", "scorer_error", 1),
        ("structure", "scorer_error", 1),
    )
    assert found.length == "metric_words"
    assert [part.rows for part in found.lengths] == [1, 1, 3, 1, 1]  # three have 100 words
    assert found.lengths[0].shortest == 20
    assert found.lengths[-1].longest == 120


def test_a_training_run_counts_failures_and_groups_by_step(runs_folder: Path) -> None:
    found = summarised(runs_folder, "experiments/crpo")
    assert (found.of, found.failed) == (6, 1)
    assert [one.groups for one in found.spreads] == [2] * 5
    assert all(one.alike == 2 for one in found.spreads)


def test_filters_narrow_the_numbers(runs_folder: Path) -> None:
    found = summarised(
        runs_folder,
        "base.parquet",
        Filter("subject", "has", "LUN"),
        Filter("coverage", "le", "0.2"),
    )
    assert (found.rows, found.of) == (2, 8)
    empty = summarised(runs_folder, "base.parquet", Filter("reward", "ge", "99"))
    assert empty.rows == 0
    assert all(one.mean is None and not any(one.counts) for one in empty.distributions)
    assert empty.lengths == ()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (Filter('x" OR 1=1 --', "eq", "1"), "column: expected one of"),
        (Filter("abstentions", "eq", "1"), "column: expected one of"),
        (Filter("reward", "eq", "nan"), "expected a number"),
        (Filter("reward", "ge", "1; DROP"), "expected a number"),
    ],
)
def test_filters_that_do_not_fit(runs_folder: Path, wrong: Filter, words: str) -> None:
    with pytest.raises(RunsError, match=words):
        summarised(runs_folder, "base.parquet", wrong)


def test_a_run_says_what_its_weights_are(runs_folder: Path) -> None:
    with opened(find_run(runs_folder, "experiments/crpo"), {"structure": 3.0}) as source:
        assert source.columns.paid == ("accuracy", "faithfulness", "coverage")
        assert source.weights["structure"] == 0
    with opened(find_run(runs_folder, "base.parquet"), WEIGHTS) as source:
        assert source.columns.paid == ("accuracy", "faithfulness", "coverage")
        assert source.scorer["fingerprint"] == "f0"


def test_a_training_run_without_completions(tmp_path: Path) -> None:
    (tmp_path / "metrics.jsonl").write_text('{"step": 1, "reward": 1}\n')
    entry = entry_at(tmp_path)
    assert entry is not None
    with pytest.raises(RunsError, match="no completions"), opened(entry):
        pass


@pytest.mark.parametrize("held", [None, "", "{", "[]", {"a": None}])
def test_what_says_nothing_is_no_abstention(held: object) -> None:
    assert abstention_codes(held) == {}


def test_a_file_with_hardly_any_columns(tmp_path: Path) -> None:
    path = tmp_path / "bare.parquet"
    columns = {"reward": [1.0, math.inf], "completion": ["x", "y"], "abstentions": ["{}", None]}
    pq.write_table(pa.table(columns), path)
    entry = entry_at(path)
    assert entry is not None
    with opened(entry) as source:
        found = summary_of(source)
        views = [table_of(source, view).total for view in VIEWS]
    assert [one.judged for one in found.distributions] == [1]
    assert found.spreads[0].groups == 0
    assert views == [2, 0, 0, 0, 1]

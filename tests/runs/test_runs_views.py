"""Which rows each view shows, in which order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reward_service.runs import RunsError, find_run
from reward_service.runs.filters import Filter, read_filters
from reward_service.runs.rows import read_row
from reward_service.runs.source import Source, opened
from reward_service.runs.summary import summary_of
from reward_service.runs.views import Order, table_of

WEIGHTS = {"accuracy": 10.0, "structure": 0.0, "faithfulness": 1.0, "coverage": 1.0}


@pytest.fixture
def base(runs_folder: Path) -> Iterator[Source]:
    with opened(find_run(runs_folder, "base.parquet"), WEIGHTS) as source:
        yield source


def positions(source: Source, view: str, *filters: Filter) -> list[int]:
    return [row.position for row in table_of(source, view, filters).rows]


def test_all_rows_come_in_the_files_order(base: Source) -> None:
    table = table_of(base)
    assert [row.position for row in table.rows] == list(range(8))
    assert (table.total, table.page, table.pages) == (8, 1, 1)
    assert "completion" not in table.columns
    assert {"id", "subject", "reward", "faithfulness", "metric_words"} <= set(table.columns)


def test_disagreement_leaves_out_what_earns_nothing(base: Source) -> None:
    table = table_of(base, "disagreement")
    assert table.columns[-1] == "spread"
    # Structure has no weight: row 3 differs by 0.5, not by 1.
    spreads = {row.position: row.values[-1] for row in table.rows}
    assert list(spreads) == [1, 2, 3, 0, 4, 5, 6]
    assert spreads[1] == 1.0
    assert spreads[3] == 0.5


def test_gaming_says_why(base: Source) -> None:
    table = table_of(base, "gaming")
    assert {row.position: row.reasons for row in table.rows} == {
        1: ("wrong answer, process in the top tenth",),
        6: ("very short, process above the median",),
        5: ("more evidence per word than 99 of 100",),
    }
    assert [row.position for row in table.rows] == [1, 6, 5]


def test_right_but_unfaithful_and_not_judged(base: Source) -> None:
    assert positions(base, "unfaithful") == [2, 6, 0]
    assert positions(base, "abstained") == [3, 7]
    assert positions(base, "unfaithful", Filter("subject", "eq", "heart")) == [0]
    assert positions(base, "gaming", Filter("subject", "eq", "skin")) == [6]


def test_sorting_puts_nulls_last_either_way(base: Source) -> None:
    down = table_of(base, order=Order("faithfulness", True))
    up = table_of(base, order=Order("faithfulness", False))
    assert [row.position for row in down.rows] == [1, 0, 6, 4, 5, 2, 3, 7]
    assert [row.position for row in up.rows] == [2, 4, 5, 6, 0, 1, 3, 7]
    by_view = table_of(base, "gaming", order=Order("process", False))
    assert [row.position for row in by_view.rows] == [5, 6, 1]


def test_pages(base: Source) -> None:
    pages = [table_of(base, page=page, size=3) for page in (1, 2, 3)]
    assert [[row.position for row in one.rows] for one in pages] == [[0, 1, 2], [3, 4, 5], [6, 7]]
    assert pages[0].pages == 3
    for page in (0, 4):
        with pytest.raises(RunsError, match="page: expected 1 to 3"):
            table_of(base, page=page, size=3)


def test_rows_of_several_files_keep_their_order(runs_folder: Path) -> None:
    with opened(find_run(runs_folder, "experiments/crpo")) as source:
        table = table_of(source)
    steps = table.columns.index("step")
    assert [row.values[steps] for row in table.rows] == [1, 1, 2, 2, 3, 3]


def test_many_files_say_the_same_as_few(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parent / "support"))
    from sample_runs import training_run  # type: ignore[import-not-found]

    training_run(tmp_path / "long", steps=12)
    entry = find_run(tmp_path, "long")
    with opened(entry) as gathered, opened(entry, texts=True) as direct:
        assert summary_of(gathered) == summary_of(direct)
        assert table_of(gathered, "abstained") == table_of(direct, "abstained")
        last = read_row(gathered, 23)
        assert last == read_row(direct, 23)
        assert str(last.values["completion"]).endswith("step 12, rollout 1")
        assert table_of(direct, filters=[Filter("completion", "has", "step 12")]).total == 2


def test_what_is_not_there(base: Source) -> None:
    with pytest.raises(RunsError, match="view: expected one of all, disagreement"):
        table_of(base, "best")
    with pytest.raises(RunsError, match="sort: expected one of"):
        table_of(base, order=Order('reward" DESC, (SELECT 1) --'))


def test_filters_are_read_in_threes() -> None:
    read = read_filters(["a", "", "b"], ["eq", "eq", "null"], ["1", "", ""])
    assert read == (Filter("a", "eq", "1"), Filter("b", "null", ""))
    assert [str(one) for one in read] == ["a is 1", "b has no value"]
    with pytest.raises(RunsError, match="as many"):
        read_filters(["a"], [], ["1"])
    with pytest.raises(RunsError, match="op: expected one of eq, ge, le, has, null"):
        read_filters(["a"], ["like"], ["1"])
    with pytest.raises(RunsError, match="at most 10"):
        read_filters([f"c{i}" for i in range(11)], ["eq"] * 11, ["1"] * 11)

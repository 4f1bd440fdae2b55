"""Scoring on a Ray cluster of two nodes gives what scoring in this process gives."""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from reward_service.engines import RayOptions, ray_engine
from reward_service.files import FileError, FileJob, Mode, score_file
from reward_service.files.job import Update
from reward_service.files.schema import FINGERPRINT_KEY
from reward_service.files.scoring import RowOptions
from reward_service.wire.errors import PipelineError

pytestmark = pytest.mark.filterwarnings("ignore")

ENDINGS = ("", ".bad.jsonl", ".meta.json")


class Enough(Exception):
    """Ends a run from within its report."""


def rows(count: int) -> list[dict[str, Any]]:
    return [
        {
            "id": f"q{i}",
            "question": f"Case {i}: which one is it?",
            "options": {"A": "gout", "B": "sepsis"},
            "answer": "A",
            "completions": ["right " + "word " * (i % 7), "wrong", "null and void"][: i % 3 + 1],
            "step": i,
        }
        for i in range(count)
    ]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Two files, one of them with rows that are bad and one that kills its process."""
    folder = tmp_path / "in"
    folder.mkdir()
    lines = [json.dumps(row) for row in rows(1500)]
    lines[70] = "no JSON"
    lines[150] = json.dumps({"question": "Which one?", "completion": "die"})
    (folder / "a.jsonl").write_text("\n".join(lines))
    pq.write_table(pa.Table.from_pylist(rows(300)), folder / "b.parquet", row_group_size=64)
    return folder


def run(source: Path, target: Path, report: Any = lambda _: None, **changes: Any) -> Any:
    from counting_scorer import CountingScorer  # type: ignore[import-not-found]

    engine = changes.pop("engine", None)
    slow = changes.pop("slow", 0.0)
    job = FileJob((str(source),), str(target), **changes, options=RowOptions(keep=("step",)))
    return score_file(job, partial(CountingScorer, slow=slow), report, engine)


def two_actors(least: int = 2) -> Any:
    return partial(ray_engine, ray_options=RayOptions(min_workers=least, max_workers=2))


def same(first: Path, second: Path) -> None:
    for ending in ENDINGS:
        one, two = (path.with_name(path.name + ending).read_bytes() for path in (first, second))
        assert one == two, ending


@pytest.mark.ray
def test_two_nodes_give_the_bytes_of_a_local_run(
    tmp_path: Path, source: Path, cluster: Any
) -> None:
    local, ray_output = tmp_path / "local.parquet", tmp_path / "ray.parquet"
    # Two processes: a row that kills its process is a bad row only where it is not this one.
    totals = run(source, local, workers=2).totals
    assert (totals.rows, totals.bad_rows) == (1800, 2)
    updates: list[Update] = []
    finished = run(source, ray_output, updates.append, engine=two_actors())
    assert finished.totals == totals
    same(local, ray_output)
    assert pq.read_table(ray_output).equals(pq.read_table(local), check_metadata=True)
    assert pq.read_schema(ray_output).metadata[FINGERPRINT_KEY] == b"f0"
    shares = [update.position.done for update in updates]
    assert shares == sorted(shares) and shares[-1] == updates[-1].position.total

    # Stopped in the middle, then carried on by the other engine, one way and the other.
    for first, second in ((two_actors(1), None), (None, two_actors(1))):
        stopped = tmp_path / "stopped.parquet"

        def stop(update: Update) -> None:
            if update.totals.rows > 900:
                raise Enough

        with pytest.raises(Enough):
            run(source, stopped, stop, engine=first, workers=2)
        again = run(source, stopped, engine=second, workers=2, mode=Mode.RESUME)
        assert 500 < again.resumed_rows < 1200
        same(local, stopped)
        stopped.unlink()


@pytest.mark.ray
def test_a_node_that_is_killed_loses_nothing_and_doubles_nothing(
    tmp_path: Path, source: Path, cluster: Any
) -> None:
    local, ray_output = tmp_path / "local.parquet", tmp_path / "ray.parquet"
    run(source, local, workers=2)
    killed: list[int] = []

    def kill(update: Update) -> None:
        if update.totals.rows > 300 and not killed:
            killed.append(update.totals.rows)
            cluster.remove_node(cluster.second, allow_graceful=False)

    run(source, ray_output, kill, engine=two_actors(), slow=0.001)
    assert killed and killed[0] < 1200
    same(local, ray_output)


@pytest.mark.ray
def test_a_file_that_is_damaged_stops_the_run_where_it_stands(
    tmp_path: Path, source: Path, cluster: Any
) -> None:
    whole = (source / "b.parquet").read_bytes()
    (source / "b.parquet").write_bytes(b"PAR1" + whole[4:100])
    with pytest.raises(FileError, match=r"b\.parquet: not a Parquet file"):
        run(source, tmp_path / "out.parquet", engine=two_actors())
    state = json.loads((tmp_path / "out.parquet.partial" / "state.json").read_bytes())
    assert state["last_row"] > 1000
    (source / "a.jsonl").unlink()
    with pytest.raises(FileError, match="standard input is on this machine only"):
        run(Path("-"), tmp_path / "other.parquet", engine=two_actors())


@pytest.mark.ray
def test_a_node_that_scores_differently_stops_the_run(
    tmp_path: Path, source: Path, cluster: Any
) -> None:
    from process_scorer import make  # type: ignore[import-not-found]

    job = FileJob((str(source),), str(tmp_path / "out.parquet"))
    with pytest.raises(PipelineError, match="scores differently"):
        score_file(job, make, lambda _: None, two_actors())


def test_without_ray_the_message_says_what_to_install(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(FileError, match=r"pip install .*clinical-crpo\[ray\]"):
        run(source, tmp_path / "out.parquet", engine=two_actors())


def test_a_cluster_that_is_not_there(tmp_path: Path, source: Path) -> None:
    pytest.importorskip("ray", reason="install the extra 'ray'")
    engine = partial(ray_engine, ray_options=RayOptions(address="127.0.0.1:1"))
    with pytest.raises(PipelineError, match=r"no Ray cluster at 127\.0\.0\.1:1"):
        run(source, tmp_path / "out.parquet", engine=engine)

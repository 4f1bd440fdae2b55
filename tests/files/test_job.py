from __future__ import annotations

import io
import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from reward_service.files import FileError, FileJob, Finished, Mode, score_file
from reward_service.files.formats import decompressed, detect_format
from reward_service.files.job import Update
from reward_service.files.schema import METADATA_KEY
from reward_service.files.scoring import RowOptions
from reward_service.wire.errors import PipelineError, RequestError

Rows = list[dict[str, Any]]
NAMES = ["a.jsonl", "a.jsonl.gz", "a.ndjson.bz2", "a.jsonl.xz", "a.jsonl.zst", "a.parquet"]


def silent(_: Update) -> None:
    pass


def run(source: Path | str, target: Path | str, workers: int = 1, **changes: Any) -> Finished:
    from counting_scorer import CountingScorer  # type: ignore[import-not-found]

    factory = partial(CountingScorer, fingerprint=changes.pop("fingerprint", "f0"))
    mode = changes.pop("mode", Mode.NEW)
    bad = changes.pop("bad", None)
    job = FileJob((str(source),), str(target), workers, RowOptions(**changes), mode, bad)
    return score_file(job, factory, silent)


def read(path: Path) -> Rows:
    if path.suffix == ".parquet":
        rows: Rows = pq.read_table(path).to_pylist()
        return rows
    with path.open("rb") as raw:
        stream = decompressed(raw, detect_format(path.name).compression)
        return [orjson.loads(line) for line in stream.read().splitlines()]


def write(path: Path, rows: Rows) -> Path:
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=40)
        return path
    plain = path.parent / "plain.jsonl"
    plain.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    # The product's own writer is tested against the standard library elsewhere.
    from reward_service.files.formats import writing

    with writing(path, detect_format(path.name).compression) as sink:
        sink.write(plain.read_bytes())
    return path


@pytest.mark.parametrize("name", NAMES)
def test_every_format_gives_the_same_rows(tmp_path: Path, group_rows: Rows, name: str) -> None:
    expected_source = write(tmp_path / "expected_in.jsonl", group_rows)
    run(expected_source, tmp_path / "expected.jsonl", keep=("step",))
    source = write(tmp_path / f"in_{name}", group_rows)
    target = tmp_path / f"out_{name}"
    finished = run(source, target, keep=("step",))
    rows = read(target)
    for row in rows:
        row["abstentions"] = {k: v for k, v in row["abstentions"].items() if v is not None}
    assert rows == read(tmp_path / "expected.jsonl")
    assert finished.totals.rows == 150
    assert finished.totals.completions == len(rows) == 300
    assert not (tmp_path / f"out_{name}.partial").exists()
    assert not (tmp_path / f"out_{name}.bad.jsonl").exists()


def test_the_columns_of_a_row(tmp_path: Path, group_rows: Rows) -> None:
    source = write(tmp_path / "in.jsonl", group_rows)
    run(source, tmp_path / "out.jsonl", keep=("model",), explain=True)
    row = read(tmp_path / "out.jsonl")[5]
    assert list(row) == [
        "row",
        "id",
        "completion_index",
        "model",
        "reward",
        "accuracy",
        "coverage",
        "metric_words",
        "abstentions",
        "explanation",
    ]
    assert (row["row"], row["id"], row["completion_index"], row["model"]) == (3, "q2", 2, "m1")
    assert row["accuracy"] is None
    assert row["abstentions"] == {"accuracy": "no_answer_key"}
    assert row["explanation"]["text"] == "null and void"


def test_parquet_has_types_and_says_who_scored(tmp_path: Path, group_rows: Rows) -> None:
    for i, row in enumerate(group_rows):
        row |= {"flag": i > 3, "share": i if i % 2 else i / 2, "mixed": i if i % 2 else "text"}
    source = write(tmp_path / "in.jsonl", group_rows)
    keep = ("model", "step", "flag", "share", "mixed", "nowhere")
    run(source, tmp_path / "out.parquet", keep=keep, explain=True)
    schema = pq.read_schema(tmp_path / "out.parquet")
    assert [schema.field(name).type for name in keep] == [
        pa.string(),
        pa.int64(),
        pa.bool_(),
        pa.float64(),
        pa.string(),
        pa.string(),
    ]
    assert schema.field("accuracy").type == pa.float64()
    job = orjson.loads(schema.metadata[METADATA_KEY])
    assert job["scorer"]["fingerprint"] == "f0"
    table = pq.read_table(tmp_path / "out.parquet").to_pylist()
    assert orjson.loads(table[0]["explanation"])["answers"] == []
    assert [row["mixed"] for row in table[:3]] == ["text", "1", "1"]
    meta = orjson.loads((tmp_path / "out.parquet.meta.json").read_bytes())
    assert meta["job"] == job
    assert meta["means"]["accuracy"] == pytest.approx(0.6)


def test_flat_rows_give_a_row_each(tmp_path: Path) -> None:
    case = {"question": "Which one?", "answer": "A"}
    rows = [{**case, "id": i % 2, "response": f"right {i}"} for i in range(5)]
    run(write(tmp_path / "in.parquet", rows), tmp_path / "out.jsonl")
    found = read(tmp_path / "out.jsonl")
    assert [(row["row"], row["id"]) for row in found] == [
        (1, "0"),
        (2, "1"),
        (3, "0"),
        (4, "1"),
        (5, "0"),
    ]


def test_any_number_of_workers_gives_the_same_bytes(tmp_path: Path, group_rows: Rows) -> None:
    source = tmp_path / "in.jsonl"
    lines = [json.dumps(row) for row in group_rows * 4]
    lines[77] = "no JSON"
    source.write_text("\n".join(lines))
    for workers in (1, 3):
        run(source, tmp_path / f"{workers}.parquet", workers)
    for suffix in ("", ".bad.jsonl", ".meta.json"):
        one, three = ((tmp_path / f"{n}.parquet{suffix}").read_bytes() for n in (1, 3))
        assert one == three


@pytest.mark.parametrize("workers", [1, 2])
def test_bad_rows_go_aside_and_the_run_goes_on(tmp_path: Path, workers: int) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text(
        '{"question": "q", "completion": "right"}\n'
        "oh no\n"
        '{"question": "q", "completion": 5}\n'
        '{"question": "q", "completion": "fail"}\n'
    )
    totals = run(source, tmp_path / "out.jsonl", workers).totals
    assert (totals.rows, totals.bad_rows, totals.completions, totals.failed) == (4, 2, 2, 1)
    assert [row["row"] for row in read(tmp_path / "out.jsonl")] == [1, 4]
    bad = read(tmp_path / "out.jsonl.bad.jsonl")
    assert [(line["row"], line["field"]) for line in bad] == [(2, None), (3, "completion")]
    assert "JSON" in bad[0]["reason"]


def test_a_row_that_kills_its_worker_is_a_bad_row(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    texts = ["right", "right", "die", "right"] + ["right"] * 60
    source.write_text("".join(f'{{"question": "q", "completion": "{t}"}}\n' for t in texts))
    totals = run(source, tmp_path / "out.jsonl", workers=2).totals
    assert (totals.rows, totals.bad_rows) == (64, 1)
    (bad,) = read(tmp_path / "out.jsonl.bad.jsonl")
    assert bad["row"] == 3
    assert "died" in bad["reason"]
    assert [row["row"] for row in read(tmp_path / "out.jsonl")] == [1, 2, *range(4, 65)]


def test_standard_input_and_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    lines = b'{"question": "q", "completion": "right"}\nbad\n'
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines)))
    totals = run("-", "-").totals
    sys.stderr.flush()
    out, err = capfdbinary.readouterr()
    assert orjson.loads(out)["accuracy"] == 1.0
    assert orjson.loads(err)["row"] == 2
    assert totals.bad_rows == 1


def test_an_empty_file_gives_an_empty_table(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_bytes(b"")
    run(source, tmp_path / "out.parquet")
    table = pq.read_table(tmp_path / "out.parquet")
    assert table.num_rows == 0
    assert "metric_words" in table.column_names


@pytest.mark.parametrize("workers", [1, 2])
def test_unknown_objectives_stop_the_run_before_it_begins(tmp_path: Path, workers: int) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text("{}\n")
    with pytest.raises(RequestError, match="unknown objective 'charm'"):
        run(source, tmp_path / "out.jsonl", workers, objectives=("charm",))
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


def test_workers_that_cannot_start(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text("{}\n")
    with pytest.raises(PipelineError, match="died while it started"):
        score_file(
            FileJob((str(source),), str(tmp_path / "o.jsonl"), 2), partial(sys.exit, 3), silent
        )


def test_paths_that_cannot_work(tmp_path: Path, group_rows: Rows) -> None:
    source = write(tmp_path / "in.jsonl", group_rows)
    for target, words in (
        (tmp_path / "nowhere" / "out.jsonl", "no such folder"),
        (source, "is an input"),
        (tmp_path / "out.xlsx", "unknown file type"),
    ):
        with pytest.raises(FileError, match=words):
            run(source, target)
    with pytest.raises(FileError, match="no such file"):
        run(tmp_path / "none.jsonl", tmp_path / "out.jsonl")
    with pytest.raises(FileError, match="--keep reward"):
        run(source, tmp_path / "out.jsonl", keep=("reward",))
    for source_name, target_name in (("-", "out.jsonl"), (str(source), "-")):
        with pytest.raises(FileError, match="cannot be resumed"):
            run(source_name, target_name, mode=Mode.RESUME)

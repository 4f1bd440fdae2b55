"""Several inputs, every output format, and standard input and output in each of them."""

from __future__ import annotations

import csv
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

from reward_service.files import FileError, FileJob, Finished, score_file
from reward_service.files.schema import FINGERPRINT_KEY, METADATA_KEY
from reward_service.files.scoring import RowOptions

Rows = list[dict[str, Any]]


def run(sources: list[str], target: Path | str, **changes: Any) -> Finished:
    from counting_scorer import CountingScorer  # type: ignore[import-not-found]

    names = {"input_format", "output_format", "workers", "bad"}
    outer = {name: changes.pop(name) for name in names & changes.keys()}
    job = FileJob(tuple(sources), str(target), options=RowOptions(**changes), **outer)
    return score_file(job, partial(CountingScorer), lambda _: None)


@pytest.fixture
def source(tmp_path: Path, group_rows: Rows) -> Path:
    path = tmp_path / "in.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in group_rows))
    return path


def plain(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "abstentions": {k: v for k, v in row["abstentions"].items() if v is not None},
    }


def test_every_output_format_holds_the_same(tmp_path: Path, source: Path) -> None:
    options = {"keep": ("model", "step"), "explain": True}
    targets = {end: tmp_path / f"out{end}" for end in (".jsonl", ".json", ".csv", ".tsv", ".arrow")}
    for target in (*targets.values(), tmp_path / "out.parquet"):
        run([str(source)], target, **options)
    rows = [orjson.loads(line) for line in targets[".jsonl"].read_bytes().splitlines()]
    assert orjson.loads(targets[".json"].read_bytes()) == rows
    arrow = pa.ipc.open_file(targets[".arrow"]).read_all()
    parquet = pq.read_table(tmp_path / "out.parquet")
    assert arrow.schema.equals(parquet.schema, check_metadata=True)
    assert arrow.to_pylist() == parquet.to_pylist()
    as_rows = [
        {**plain(row), "explanation": orjson.loads(row["explanation"])} for row in arrow.to_pylist()
    ]
    assert as_rows == rows
    for end, delimiter in ((".csv", ","), (".tsv", "\t")):
        with targets[end].open(newline="") as stream:
            cells = list(csv.DictReader(stream, delimiter=delimiter))
        assert [row["accuracy"] for row in cells] == [
            "" if row["accuracy"] is None else str(row["accuracy"]) for row in rows
        ]
        assert [json.loads(row["abstentions"]) for row in cells] == [r["abstentions"] for r in rows]
        assert json.loads(cells[0]["explanation"]) == rows[0]["explanation"]


def test_columns_say_what_they_mean(tmp_path: Path, source: Path) -> None:
    run([str(source)], tmp_path / "out.parquet", keep=("step",), explain=True)
    schema = pq.read_schema(tmp_path / "out.parquet")
    assert all(field.metadata[b"description"] for field in schema)
    assert schema.metadata[FINGERPRINT_KEY] == b"f0"
    assert orjson.loads(schema.metadata[METADATA_KEY])["scorer"]["fingerprint"] == "f0"


@pytest.mark.parametrize("workers", [1, 2])
def test_several_inputs_say_which_file(tmp_path: Path, source: Path, workers: int) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.jsonl").write_bytes(source.read_bytes())
    (folder / "b.csv").write_text("question,completion\nWhich?,right\nWhich?\nWhich?,wrong\n")
    target = folder / "out.jsonl"  # what the run writes is no input, wherever it stands
    finished = run([str(folder)], target, workers=workers)
    assert (finished.totals.rows, finished.totals.bad_rows) == (153, 1)
    rows = [orjson.loads(line) for line in target.read_bytes().splitlines()]
    last = [(row["file"], row["row"], row["accuracy"]) for row in rows[-2:]]
    assert last == [(str(folder / "b.csv"), 1, 1.0), (str(folder / "b.csv"), 3, 0.0)]
    bad = orjson.loads((folder / "out.jsonl.bad.jsonl").read_bytes())
    assert (bad["file"], bad["row"]) == (str(folder / "b.csv"), 2)
    assert "expected 2 cells" in bad["reason"]


def test_the_target_may_not_be_an_input(tmp_path: Path, source: Path) -> None:
    with pytest.raises(FileError, match="is an input"):
        run([str(source), str(tmp_path / "*.jsonl")], source)
    with pytest.raises(FileError, match="can be read, not written"):
        run([str(source)], tmp_path / "out.eval")


def test_kept_paths(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    row = {"question": "q", "completion": "right", "meta": {"subject": "heart", "n": 3}}
    source.write_text(json.dumps(row) + "\n" + json.dumps({**row, "meta": None}))
    run([str(source)], tmp_path / "out.parquet", keep=("meta.subject", "meta.n", "meta"))
    table = pq.read_table(tmp_path / "out.parquet").to_pylist()
    assert [row["meta.subject"] for row in table] == ["heart", None]
    assert [row["meta.n"] for row in table] == [3, None]
    assert [row["meta"] for row in table] == ['{"subject":"heart","n":3}', None]


def test_a_kept_completion_of_an_item_is_the_one_that_was_scored(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    said = [{"role": "assistant", "content": "right"}]
    both = ["right", said]
    rows = [
        {"question": "q", "completions": both},
        {"question": "q", "response": "wrong"},
        {"question": "q", "response": "wrong", "completion": None},
    ]
    source.write_text("\n".join(map(json.dumps, rows)))
    run([str(source)], tmp_path / "out.jsonl", keep=("completion", "completions"))
    found = [orjson.loads(line) for line in (tmp_path / "out.jsonl").read_bytes().splitlines()]
    assert [row["completion"] for row in found] == ["right", said, "wrong", None]
    assert [row["completions"] for row in found] == [both, both, None, None]


def test_mapped_and_kept_columns_of_parquet_are_read(tmp_path: Path) -> None:
    rows = [{"raw": {"text": "Which?"}, "reply": "right", "left_out": 1, "model": "m"}]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "in.parquet")
    mapping = (("question", "raw.text"), ("completion", "reply"))
    run([str(tmp_path / "in.parquet")], tmp_path / "o.jsonl", mapping=mapping, keep=("model",))
    row = orjson.loads((tmp_path / "o.jsonl").read_bytes())
    assert (row["accuracy"], row["model"]) == (1.0, "m")


class Pipe:
    """Standard input that holds these bytes."""

    def __init__(self, content: bytes) -> None:
        self.buffer = io.BytesIO(content)


@pytest.mark.parametrize("kind", ["jsonl", "json", "csv", "csv.gz", "parquet", "arrow"])
def test_standard_input_and_output_in_any_format(
    tmp_path: Path,
    source: Path,
    kind: str,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    """What one run writes to standard output another one can read from standard input."""
    run([str(source)], "-", output_format=kind, keep=("question", "model"))
    first, errors = capfdbinary.readouterr()
    assert errors == b""
    monkeypatch.setattr(sys, "stdin", Pipe(first))
    mapping = (("completion", "model"),)
    finished = run(["-"], tmp_path / "o.jsonl", input_format=kind, mapping=mapping)
    assert finished.totals.rows == 300
    assert finished.totals.bad_rows == 0
    rows = (tmp_path / "o.jsonl").read_bytes().splitlines()
    assert [orjson.loads(rows[n])["row"] for n in (0, -1)] == [1, 300]


def test_bad_rows_of_a_staged_output_go_to_standard_error(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"question": "q", "completion": "right"}\nbad\n')
    assert run([str(source)], "-", output_format="csv").totals.bad_rows == 1
    sys.stderr.flush()
    out, errors = capfdbinary.readouterr()
    assert out.startswith(b"row,id,completion_index,reward,accuracy")
    assert orjson.loads(errors)["row"] == 2
    assert list(tmp_path.iterdir()) == [source]

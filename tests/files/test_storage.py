"""Names with a scheme: the same rows in, and an output that is sent when it is complete."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from reward_service.files import FileError, FileJob, Finished, Mode, score_file, storage
from reward_service.files.inputs import find_inputs

Rows = list[dict[str, Any]]
Write = Callable[[str, Rows], Path]


def run(source: str, target: str, mode: Mode = Mode.NEW, report: Any = lambda _: None) -> Finished:
    from counting_scorer import CountingScorer  # type: ignore[import-not-found]

    job = FileJob((source,), target, mode=mode, staging=Path("staging"))
    return score_file(job, partial(CountingScorer), report)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URI of a folder that stands for a bucket; the working directory holds `staging`."""
    (tmp_path / "bucket" / "in").mkdir(parents=True)
    (tmp_path / "here" / "staging").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "here")
    return (tmp_path / "bucket").as_uri()


def test_names() -> None:
    assert storage.is_remote("s3://bucket/a b.jsonl.gz?region=x")
    assert not storage.is_remote("folder/a.jsonl")
    assert storage.path_of("s3://bucket/a.jsonl?region=x") == "bucket/a.jsonl"
    assert storage.sibling("s3://b/a.parquet?region=x", ".meta.json") == (
        "s3://b/a.parquet.meta.json?region=x"
    )
    assert (
        storage.inside("s3://b/in/?region=x", "c d/e.jsonl") == "s3://b/in/c%20d/e.jsonl?region=x"
    )
    with pytest.raises(FileError, match="cannot be reached"):
        storage.is_file("nonsense://x/y.jsonl")


def test_a_store_gives_the_rows_of_a_folder(
    store: str, tmp_path: Path, write_jsonl: Write, group_rows: Rows
) -> None:
    (tmp_path / "bucket" / "in" / "b c").mkdir()
    write_jsonl("bucket/in/a.jsonl", group_rows)
    write_jsonl("bucket/in/b c/b.jsonl", [*group_rows, {"question": "no completion"}])
    write_jsonl("bucket/in/_hidden.jsonl", group_rows)
    found = [file.name for file in find_inputs([f"{store}/in"])]
    assert found == [f"{store}/in/a.jsonl", f"{store}/in/b%20c/b.jsonl"]

    totals = run(f"{store}/in", f"{store}/out.parquet").totals
    assert (totals.rows, totals.bad_rows) == (301, 1)
    run(str(tmp_path / "bucket" / "in"), str(tmp_path / "local.jsonl"))
    run(f"{store}/in", f"{store}/out.jsonl")
    lines = [
        [{**json.loads(line), "file": None} for line in path.read_text().splitlines()]
        for path in (tmp_path / "local.jsonl", tmp_path / "bucket" / "out.jsonl")
    ]
    assert lines[0] == lines[1]
    written = {path.name for path in (tmp_path / "bucket").iterdir() if path.is_file()}
    assert {"out.parquet", "out.parquet.meta.json", "out.parquet.bad.jsonl"} < written
    assert not list(Path("staging").iterdir()), "nothing is left here"


def test_an_interrupted_run_goes_on_and_a_finished_one_does_nothing(
    store: str, tmp_path: Path, write_jsonl: Write, group_rows: Rows
) -> None:
    source = f"{store}/in/a.jsonl"
    write_jsonl("bucket/in/a.jsonl", group_rows * 4)
    run(source, f"{store}/whole.parquet")

    def stop(update: Any) -> None:
        if update.totals.rows > 400:
            raise KeyboardInterrupt

    target = f"{store}/out.parquet"
    with pytest.raises(KeyboardInterrupt):
        run(source, target, report=stop)
    assert not (tmp_path / "bucket" / "out.parquet").exists()
    with pytest.raises(FileError, match="an earlier run was interrupted"):
        run(source, target)
    assert run(source, target, Mode.RESUME).resumed_rows > 200
    assert run(source, target, Mode.RESUME).resumed_rows == 600
    with pytest.raises(FileError, match="exists already"):
        run(source, target)
    whole, again = (tmp_path / "bucket" / name for name in ("whole.parquet", "out.parquet"))
    assert whole.read_bytes() == again.read_bytes()


def test_what_cannot_be(store: str) -> None:
    with pytest.raises(FileError, match="nothing has this name"):
        run(f"{store}/none.jsonl", "out.jsonl")
    with pytest.raises(FileError, match="globs are for paths"):
        run(f"{store}/*.jsonl", "out.jsonl")

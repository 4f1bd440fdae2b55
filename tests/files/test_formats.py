from __future__ import annotations

import io
from pathlib import Path

import pytest

from reward_service.files.errors import FileError
from reward_service.files.formats import (
    Compression,
    FileFormat,
    FileKind,
    decompressed,
    detect_format,
    writing,
)


@pytest.mark.parametrize(
    ("name", "kind", "compression"),
    [
        ("-", FileKind.JSONL, Compression.NONE),
        ("a/b.jsonl", FileKind.JSONL, Compression.NONE),
        ("b.ndjson.gz", FileKind.JSONL, Compression.GZIP),
        ("b.v2.JSONL.BZ2", FileKind.JSONL, Compression.BZ2),
        ("b.json.xz", FileKind.JSON, Compression.XZ),
        ("b.csv.gz", FileKind.CSV, Compression.GZIP),
        ("b.tsv", FileKind.TSV, Compression.NONE),
        ("b.feather", FileKind.ARROW, Compression.NONE),
        ("b.arrow.zst", FileKind.ARROW, Compression.ZSTD),
        ("2026_log.eval", FileKind.EVAL, Compression.NONE),
        ("b.jsonl.zst", FileKind.JSONL, Compression.ZSTD),
        ("b.parquet", FileKind.PARQUET, Compression.NONE),
        ("b.snappy.parquet", FileKind.PARQUET, Compression.NONE),
    ],
)
def test_names_say_the_format(name: str, kind: FileKind, compression: Compression) -> None:
    assert detect_format(name) == FileFormat(kind, compression)


@pytest.mark.parametrize(
    "name", ["scores", "scores.xlsx", "scores.gz", "scores.parquet.gz", "log.eval.zst"]
)
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(FileError, match=name):
        detect_format(name)


@pytest.mark.parametrize("forced", ["csv.gz", ".csv.gz", "CSV.GZ"])
def test_a_forced_format_wins_over_the_name(forced: str) -> None:
    wanted = FileFormat(FileKind.CSV, Compression.GZIP)
    assert detect_format("-", forced) == detect_format("a.jsonl", forced) == wanted


@pytest.mark.parametrize("forced", ["", "gz", "excel", "parquet.gz"])
def test_a_forced_format_that_is_none(forced: str) -> None:
    with pytest.raises(FileError):
        detect_format("-", forced)


@pytest.mark.parametrize("compression", list(Compression))
def test_compression_round_trip_gives_equal_bytes(tmp_path: Path, compression: Compression) -> None:
    plain = b"one line\n" * 5000
    packed = []
    for name in ("a", "b"):
        with writing(tmp_path / name, compression) as sink:
            sink.write(plain)
        packed.append((tmp_path / name).read_bytes())
    assert packed[0] == packed[1]
    assert decompressed(io.BytesIO(packed[0]), compression).read() == plain
    # Files that were put together with `cat` are read to their end.
    assert decompressed(io.BytesIO(packed[0] * 2), compression).read() == plain * 2

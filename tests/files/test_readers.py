from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

from reward_service.files.errors import FileError
from reward_service.files.formats import Compression, writing
from reward_service.files.readers.scanner import MalformedJson, Scanner
from reward_service.files.records import row_data
from reward_service.files.rows import Row, Unreadable, open_rows

ROWS: list[dict[str, Any]] = [
    {"question": f'{i}: a "quoted" [text], with\nlines\\ and {{brackets}}', "completion": "é ✓"}
    for i in range(80)
]


def all_rows(path: Path, after: int = 0) -> list[Row]:
    return [row for batch in open_rows(str(path)).batches(after) for row in batch]


def save(path: Path, plain: bytes) -> None:
    packings = {".gz": Compression.GZIP, ".xz": Compression.XZ, ".zst": Compression.ZSTD}
    with writing(path, packings.get(path.suffix, Compression.NONE)) as sink:
        sink.write(plain)


def as_csv(delimiter: str) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, ["question", "completion"], delimiter=delimiter)
    writer.writeheader()
    writer.writerows(ROWS)
    return text.getvalue().encode()


def as_arrow(stream: bool) -> bytes:
    sink = io.BytesIO()
    table = pa.Table.from_pylist(ROWS)
    with (pa.ipc.new_stream if stream else pa.ipc.new_file)(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=30)
    return sink.getvalue()


CONTENTS = {
    "a.json": json.dumps(ROWS).encode(),
    "pretty.json": b"\xef\xbb\xbf" + json.dumps(ROWS, indent=2, ensure_ascii=False).encode(),
    "inside.json.zst": json.dumps({"n": [1], "rows": ROWS, "z": {}}).encode(),
    "only.json": json.dumps({"log": "x", "whatever": ROWS}).encode(),
    "lines.json": "\n".join(json.dumps(row) for row in ROWS).encode(),
    "joined.json": "\n".join(json.dumps(row, indent=1) for row in ROWS).encode(),
    "a.csv": b"\xef\xbb\xbf" + as_csv(","),
    "a.csv.gz": as_csv(","),
    "a.tsv.xz": as_csv("\t"),
    "file.arrow": as_arrow(False),
    "stream.arrow": as_arrow(True),
    "file.feather.zst": as_arrow(False),
    "stream.ipc.gz": as_arrow(True),
}


@pytest.mark.parametrize("name", CONTENTS)
def test_every_kind_gives_the_same_rows(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    save(path, CONTENTS[name])
    reader = open_rows(str(path))
    rows: list[Row] = []
    for batch in reader.batches():
        rows += batch
        done, total = reader.position
    assert [row.number for row in rows] == list(range(1, 81))
    assert [row_data(row) for row in rows] == ROWS
    assert total
    assert 0 < done <= total
    for after in (1, 31, 32, 33, 79, 80):
        assert all_rows(path, after) == rows[after:]


def test_feather_and_parquet_as_their_libraries_write_them(tmp_path: Path) -> None:
    table = pa.Table.from_pylist(ROWS)
    feather.write_feather(table, tmp_path / "a.feather", compression="lz4")
    pq.write_table(table, tmp_path / "a.pq", compression="snappy")
    for name in ("a.feather", "a.pq"):
        assert [row.data for row in all_rows(tmp_path / name)] == ROWS
    (tmp_path / "old.feather").write_bytes(b"FEA1" + bytes(100))
    with pytest.raises(FileError, match="version 1"):
        all_rows(tmp_path / "old.feather")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"a": 1, "b": "text"}', "holds no rows"),
        ('{"prompt": [{"role": "user"}], "more": [{"a": 1}]}', "holds no rows"),
        ("[{}, {}", "cut off before"),
        ('[{"a": 1} {"b": 2}]', "expected ','"),
        ('[{"a": "1]', "ends within a value"),
        ("hello", "expected an array or an object"),
        ("", "expected an array or an object"),
        ('{"rows": [{}], 5: 6}', "expected a key"),
    ],
)
def test_json_documents_that_cannot_be_read(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(FileError, match=words):
        all_rows(path)


def test_one_object_is_one_row(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{\n"prompt": [{"role": "user", "content": "Which?"}], "completions": ["A"]}')
    (row,) = all_rows(path)
    assert row_data(row)["completions"] == ["A"]


def test_a_bad_element_is_a_bad_row_only(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('[{"a": 1}, {"a": nope}, 5, "text", null, {"a": 2}]')
    assert [row.data for row in all_rows(path)] == [
        b'{"a": 1}',
        b'{"a": nope}',
        b"5",
        b'"text"',
        b"null",
        b'{"a": 2}',
    ]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_the_scanner_does_not_care_how_the_bytes_come(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow(io.BytesIO):
        def read(self, _: int | None = -1, /) -> bytes:
            return super().read(size)

    text = json.dumps({'k\\"': [1.5, True], "rows": [*ROWS[:3], -7, "x\\"]}).encode()
    scan = Scanner(Slow(text), most=1 << 20)
    found = []
    for key in scan.members():
        found.append((key, list(scan.elements())))
    assert found[0] == ('k\\"', [b"1.5", b"true"])
    assert [json.loads(value or b"") for value in found[1][1]] == [*ROWS[:3], -7, "x\\"]


def test_the_scanner_holds_no_value_that_is_too_long() -> None:
    long = json.dumps({"a": ["x" * 500] * 10})
    scan = Scanner(io.BytesIO(f'[1, {long}, {{"b": 2}}]'.encode()), most=300)
    assert list(scan.elements()) == [b"1", None, b'{"b": 2}']
    endless = Scanner(io.BytesIO(b'["' + b"x" * 10**7), most=300)
    with pytest.raises(MalformedJson):
        list(endless.elements())


def test_text_tables_with_broken_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(
        b"question,completion\n"
        b"Which?,one\n"
        b"Which?\n"
        b"\n"
        b"Which?,caf\xe9\n"
        b'"Which"?,two\n'
        b"Which?,\n"
        b'Which?,"never closed\n'
    )
    rows = all_rows(path)
    assert [row.number for row in rows] == [1, 2, 3, 4, 5, 6]
    assert rows[0].data == {"question": "Which?", "completion": "one"}
    assert rows[4].data == {"question": "Which?", "completion": None}
    reasons = [row.data.reason for row in rows if isinstance(row.data, Unreadable)]
    assert "expected 2 cells" in reasons[0]
    assert "UTF-8" in reasons[1]
    assert len(reasons) == 4


@pytest.mark.parametrize("header", ["a,a\n", "a,,b\n", '"a\n'])
def test_a_header_that_is_none(tmp_path: Path, header: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(header)
    with pytest.raises(FileError, match="header line"):
        all_rows(path)


def test_other_things_under_those_names(tmp_path: Path) -> None:
    for name, words in (
        ("a.arrow", "no Arrow data"),
        ("a.eval", "no inspect_ai log"),
        ("a.csv.gz", "damaged"),
        ("a.json.zst", "damaged"),
    ):
        path = tmp_path / name
        path.write_bytes(b"something else altogether")
        with pytest.raises(FileError, match=words):
            all_rows(path)


def test_an_archive_of_samples(tmp_path: Path) -> None:
    path = tmp_path / "log.eval"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("header.json", "{}")
        archive.writestr("samples/b_epoch_1.json", '{"id": "b"}')
        archive.writestr("samples/a_epoch_1.json", '{"id": "a"}')
    rows = all_rows(path)
    assert [(row.number, row.data) for row in rows] == [(1, b'{"id": "b"}'), (2, b'{"id": "a"}')]
    assert all_rows(path, after=1) == rows[1:]


def test_an_archive_packed_with_zstandard(tmp_path: Path) -> None:
    """ZIP method 93, put together by hand: Python's own writer does not know it."""
    path = tmp_path / "log.eval"
    text = b'{"id": "a", "input": "' + b"long " * 1000 + b'"}'
    half = len(text) // 2  # large members consist of several frames
    packed = b"".join(
        pa.compress(part, codec="zstd", asbytes=True) for part in (text[:half], text[half:])
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("samples/a_epoch_1.json", packed)
    content = bytearray(path.read_bytes())
    central = content.index(b"PK\x01\x02")
    content[8:10] = content[central + 10 : central + 12] = (93).to_bytes(2, "little")
    content[22:26] = content[central + 24 : central + 28] = len(text).to_bytes(4, "little")
    path.write_bytes(content)
    assert [row.data for row in all_rows(path)] == [text]


def test_an_archive_without_samples(tmp_path: Path) -> None:
    path = tmp_path / "log.eval"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("header.json", "{}")
    with pytest.raises(FileError, match="holds no samples"):
        all_rows(path)

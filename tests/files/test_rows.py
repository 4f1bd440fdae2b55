from __future__ import annotations

import gzip
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from reward_service.files.errors import FileError
from reward_service.files.readers import lines as lines_module
from reward_service.files.rows import BATCH_ROWS, Row, Unreadable, open_rows


def all_rows(path: Path, after: int = 0, keep: tuple[str, ...] = ()) -> list[Row]:
    return [row for batch in open_rows(str(path), keep).batches(after) for row in batch]


def test_lines_keep_their_numbers_over_blank_ones(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"a":1}\n\n  \r\n{"a":2}\r\n{"a":3}')
    rows = all_rows(path)
    assert [row.number for row in rows] == [1, 4, 5]
    assert rows[0].data == b'{"a":1}\n'
    assert all_rows(path, after=1) == rows[1:]
    assert all_rows(path, after=4) == rows[2:]
    assert all_rows(path, after=5) == []


def test_batches_are_bounded_in_rows_and_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("{}\n" * (2 * BATCH_ROWS + 1))
    assert [len(b) for b in open_rows(str(path)).batches()] == [BATCH_ROWS, BATCH_ROWS, 1]
    path.write_text(('{"a":"' + "x" * 200_000 + '"}\n') * 4)
    assert [len(batch) for batch in open_rows(str(path)).batches()] == [2, 2]


def test_a_monstrous_line_is_not_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines_module, "MAX_LINE_BYTES", 100)
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a":1}\n' + b"x" * 1000 + b"\n" + b'{"a":2}\n')
    assert [(row.number, isinstance(row.data, Unreadable)) for row in all_rows(path)] == [
        (1, False),
        (2, True),
        (3, False),
    ]


def test_a_cut_off_file_says_where(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"a":1}\n' * 100_000)[:-40])
    with pytest.raises(FileError, match=r"a\.jsonl\.gz: damaged or cut off behind line \d+"):
        all_rows(path)


def test_no_parquet_file_under_that_name(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(b"no parquet at all")
    with pytest.raises(FileError, match="not a Parquet file"):
        open_rows(str(path))
    with pytest.raises(FileError, match="no such file"):
        open_rows(str(tmp_path / "b.parquet"))


def test_parquet_rows_skip_whole_row_groups(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    table = pa.table({"question": [f"q{i}" for i in range(100)], "other": list(range(100))})
    pq.write_table(table, path, row_group_size=30)
    rows = all_rows(path)
    assert [row.number for row in rows] == list(range(1, 101))
    assert rows[0].data == {"question": "q0", "other": None}  # not read, but its name is known
    for after in (0, 1, 29, 30, 31, 75, 99, 100):
        assert all_rows(path, after) == rows[after:]
    assert all_rows(path, keep=("other",))[5].data == {"question": "q5", "other": 5}


def test_position_ends_at_the_total(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("{}\n" * 100)
    rows = open_rows(str(path))
    for _ in rows.batches():
        last = rows.position
    assert last.done == last.total == 300

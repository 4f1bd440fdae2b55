"""The artifact's file: round trip, and clear errors for one that cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from reward_service.vocabulary.artifact import Content, decode, encode
from reward_service.vocabulary.vocabulary import load_vocabulary
from reward_service.wire.errors import PipelineError


def _content() -> Content:
    return Content(
        ids=["X:1"],
        names=["Fever"],
        types=["finding"],
        sources=["tables"],
        terms=["fever"],
        term_concepts=[0],
        absent_terms={"afebrile": 0},
        cased={},
        words=["yesterday"],
    )


def test_round_trip(tmp_path: Path) -> None:
    path = tmp_path / "v.bin"
    path.write_bytes(encode(_content()))
    content, digest = decode(path)
    assert content == _content()
    assert len(digest) == 64


def test_equal_contents_give_equal_bytes() -> None:
    assert encode(_content()) == encode(_content())


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match=r"nowhere\.bin"):
        load_vocabulary(tmp_path / "nowhere.bin")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data: data[:-20], "damaged"),
        (lambda data: data.replace(b" 1 ", b" 9 ", 1), "format 9"),
        (lambda data: b"PK" + data, "not a vocabulary"),
        (lambda data: b"", "not a vocabulary"),
        (lambda data: data.partition(b"\n")[0] + b"\nnothing", "damaged"),
    ],
)
def test_an_unusable_file_is_refused(tmp_path: Path, change, message: str) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "v.bin"
    path.write_bytes(change(encode(_content())))
    with pytest.raises(PipelineError, match=message):
        load_vocabulary(path)


def test_a_wrong_checksum_is_refused(tmp_path: Path) -> None:
    header, _, packed = encode(_content()).partition(b"\n")
    path = tmp_path / "v.bin"
    path.write_bytes(header[:-64] + b"0" * 64 + b"\n" + packed)
    with pytest.raises(PipelineError, match="checksum"):
        load_vocabulary(path)

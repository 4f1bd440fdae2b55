"""A sentence encoder small enough to be written by hand: one vector a word."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

MakeEncoder = Callable[[Path, Mapping[str, Sequence[float]]], Path]


@pytest.fixture(scope="session")
def write_encoder() -> MakeEncoder:
    """Writes a folder with model.onnx and tokenizer.json: a text's vector is its words' mean."""
    return _write_encoder


def _write_encoder(folder: Path, words: Mapping[str, Sequence[float]]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    width = len(next(iter(words.values())))
    rows = [[0.01] * width, *words.values()]
    (folder / "model.onnx").write_bytes(_model(rows))
    ids = {"[UNK]": 0} | {word: i for i, word in enumerate(words, start=1)}
    tokenizer = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": {"type": "Lowercase"},
        "pre_tokenizer": {"type": "Whitespace"},
        "post_processor": None,
        "decoder": None,
        "model": {"type": "WordLevel", "vocab": ids, "unk_token": "[UNK]"},
    }
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer), "utf-8")
    return folder


def _model(rows: Sequence[Sequence[float]]) -> bytes:
    """An ONNX model of one Gather: input_ids (N, T) → last_hidden_state (N, T, D)."""
    width = len(rows[0])
    numbers = [number for row in rows for number in row]
    table = (
        _varint(1, len(rows))
        + _varint(1, width)
        + _varint(2, 1)  # float
        + _bytes(8, b"table")
        + _bytes(9, struct.pack(f"<{len(numbers)}f", *numbers))
    )
    node = (
        _bytes(1, b"table")
        + _bytes(1, b"input_ids")
        + _bytes(2, b"last_hidden_state")
        + _bytes(4, b"Gather")
    )
    graph = (
        _bytes(1, node)
        + _bytes(2, b"encoder")
        + _bytes(5, table)
        + _bytes(11, _value(b"input_ids", 7, [b"N", b"T"]))
        + _bytes(12, _value(b"last_hidden_state", 1, [b"N", b"T", width]))
    )
    return _varint(1, 8) + _bytes(7, graph) + _bytes(8, _bytes(1, b"") + _varint(2, 17))


def _value(name: bytes, kind: int, shape: Sequence[bytes | int]) -> bytes:
    dims = b"".join(_bytes(1, _varint(1, d) if isinstance(d, int) else _bytes(2, d)) for d in shape)
    tensor = _varint(1, kind) + _bytes(2, dims)
    return _bytes(1, name) + _bytes(2, _bytes(1, tensor))


def _varint(field: int, value: int) -> bytes:
    return _number(field << 3) + _number(value)


def _bytes(field: int, value: bytes) -> bytes:
    return _number(field << 3 | 2) + _number(len(value)) + value


def _number(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)

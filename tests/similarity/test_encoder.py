"""The encoder: unit vectors that depend on nothing but their text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from reward_service.similarity.encoder import LONGEST
from reward_service.similarity.models import load_encoder

pytest.importorskip("onnxruntime")

MakeEncoder = Callable[[Path, Mapping[str, Sequence[float]]], Path]
WORDS = {
    "cough": [1.0, 0.0, 0.0],
    "coughing": [0.9, 0.1, 0.0],
    "rash": [0.0, 1.0, 0.0],
    "fever": [0.0, 0.0, 1.0],
}


@pytest.fixture
def folder(tmp_path: Path, write_encoder: MakeEncoder) -> Path:
    return write_encoder(tmp_path / "encoder", WORDS)


def test_vectors_have_length_one_and_come_in_order(folder: Path) -> None:
    encode = load_encoder(str(folder))
    vectors = encode(["rash", "cough fever", "rash"])
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(
        vectors, [[0, 1, 0], [0.7071, 0, 0.7071], [0, 1, 0]], rtol=0, atol=1e-6
    )


def test_a_vector_does_not_depend_on_its_batch(folder: Path) -> None:
    texts = ["cough", "coughing rash", "fever rash", "cough fever rash", "rash " * 9]
    together = load_encoder(str(folder))(texts)
    alone = np.concatenate([load_encoder(str(folder))([text]) for text in reversed(texts)])
    assert (together == alone[::-1]).all()


def test_a_small_cache_changes_nothing(folder: Path) -> None:
    encode = load_encoder(str(folder))
    encode._size = 1
    texts = ["cough", "rash", "cough"]
    assert (encode(texts) == encode(texts)).all()
    assert len(encode._cache) == 1


def test_a_long_text_is_cut(folder: Path) -> None:
    encode = load_encoder(str(folder))
    longer = encode(["cough " * LONGEST + "rash"])
    assert (longer == encode(["cough"])).all()


def test_the_name_follows_the_files(
    tmp_path: Path, folder: Path, write_encoder: MakeEncoder
) -> None:
    other = write_encoder(tmp_path / "other", {**WORDS, "fever": [0.0, 0.1, 1.0]})
    assert load_encoder(str(folder)).name == load_encoder(str(folder)).name
    assert load_encoder(str(folder)).name != load_encoder(str(other)).name

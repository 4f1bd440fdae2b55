"""Finding an encoder: what is there, what is missing, and what to do about it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from reward_service.similarity.assemble import assemble, main
from reward_service.similarity.models import load_encoder
from reward_service.wire.errors import PipelineError

MakeEncoder = Callable[[Path, Mapping[str, Sequence[float]]], Path]
WORDS = {"cough": [1.0, 0.0], "rash": [0.0, 1.0]}


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write_encoder: MakeEncoder) -> Path:
    """Two packages with a part each, one with both; importing any of them fails."""
    for name in ("only_model", "only_tokenizer", "both_parts"):
        package = tmp_path / name
        write_encoder(package / "model", WORDS)
        (package / "__init__.py").write_text("raise RuntimeError('imported')")
    (tmp_path / "only_model" / "model" / "tokenizer.json").unlink()
    (tmp_path / "only_tokenizer" / "model" / "model.onnx").unlink()
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def test_a_package_is_found_without_running_it(packages: Path) -> None:
    pytest.importorskip("onnxruntime")
    assert load_encoder("both_parts")(["cough"]).shape == (1, 2)
    assert "both_parts" not in sys.modules


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("no_such_package", "package 'no_such_package' is not installed"),
        ("no/such/folder", "there is no folder 'no/such/folder'"),
        ("only_model", "'only_model' has no tokenizer.json"),
        ("only_tokenizer", "'only_tokenizer' has no model.onnx"),
    ],
)
def test_what_is_missing_is_said(packages: Path, name: str, why: str) -> None:
    pytest.importorskip("onnxruntime")
    with pytest.raises(PipelineError, match=why) as error:
        load_encoder(name)
    assert "docs/similarity.md" in str(error.value)


def test_a_broken_model_is_named(packages: Path) -> None:
    pytest.importorskip("onnxruntime")
    (packages / "both_parts" / "model" / "model.onnx").write_bytes(b"no model")
    with pytest.raises(PipelineError, match=r"the encoder in .*both_parts.* cannot be loaded"):
        load_encoder("both_parts")


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(PipelineError, match=r"pip install \"clinical-crpo\[similarity\]\""):
        load_encoder("anything")


def test_parts_of_two_packages_make_a_folder(
    packages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "made"
    assert main([str(folder), "only_model", "only_tokenizer"]) == 0
    assert sorted(path.name for path in folder.iterdir()) == ["model.onnx", "tokenizer.json"]
    assert "only_tokenizer" in capsys.readouterr().out


def test_a_part_that_nobody_has_is_an_error(
    packages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(PipelineError, match="holds a tokenizer"):
        assemble(tmp_path / "made", ["only_model"])
    assert not (tmp_path / "made").exists()
    assert main([str(tmp_path / "made"), "missing_package"]) == 1
    assert "not installed" in capsys.readouterr().err

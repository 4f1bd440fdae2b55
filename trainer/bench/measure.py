"""All figures of the benchmark, in one pass."""

from __future__ import annotations

import os
import random
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from transformers import set_seed

from trainer.bench.timed import StepTime, TimedTrainer
from trainer.client import RewardClient, measure_throughput
from trainer.crpo.run_folder import package_versions
from trainer.demo.plan import Plan, run_config
from trainer.training.arguments import crpo_config
from trainer.training.rows import training_rows
from trainer.training.watching import print_no_logs, quiet_libraries
from trainer.world import COLD_START, World, sample_cases, write_reasoning, write_world
from trainer.world.vignette import item

GROUP = 5  # rollouts of a prompt, as in the demonstration's crpo.yaml
PARTS = ("generation", "waiting", "reference", "update")
CONCURRENCY = (1, 4, 16)
Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class BenchPlan:
    """What is measured, always on the same cases and completions.

    url: of the service. policy: folder of the policy. folder: for the run's files.
    steps: CRPO steps that count, after `warm_up` others. rollouts: of a step, in groups of five.
    max_tokens: of a completion.
    groups: the client's items, each with five completions. repeats: times that they are scored.
    """

    url: str
    policy: Path
    folder: Path
    steps: int = 12
    warm_up: int = 3
    rollouts: int = 40
    max_tokens: int = 160
    groups: int = 64
    repeats: int = 3


def measure(plan: BenchPlan, say: Say) -> dict[str, Any]:
    """Figures by name; `say` is told what is going on. Times are seconds of wall clock."""
    load = os.getloadavg()[0]
    steps = plan.warm_up + plan.steps
    demo = Plan(
        url=plan.url,
        output=plan.folder,
        policy=plan.policy,
        steps=steps,
        rollouts=plan.rollouts,
        max_tokens=plan.max_tokens,
        train_cases=plan.rollouts // GROUP * steps,
        test_cases=plan.groups,
    )
    with quiet_libraries(), RewardClient(plan.url) as service:
        scorer = service.describe().scorer
        say("making the cases")
        world = write_world(
            demo.world, seed=0, train=demo.train_cases, test=demo.test_cases, cold_start=0
        )
        say(f"client: {plan.groups} groups of {GROUP}, {plan.repeats} times")
        client = client_figures(plan, client_items(world, plan.groups))
        say(f"training: {steps} steps, the first {plan.warm_up} of them do not count")
        times, parameters = _train(demo)
    step = step_figures(times[plan.warm_up :])
    fastest = max(one["completions_per_second"] for one in client.values())
    return {
        "conditions": {
            "cores": os.cpu_count(),
            "threads": torch.get_num_threads(),
            "load_average_before": load,
            "packages": package_versions(),
            "scorer": asdict(scorer),
            "parameters": parameters,
            "rollouts": plan.rollouts,
            "steps": plan.steps,
        },
        "step": step,
        "client": client,
        "scored_per_rollout_made": fastest / step["rollouts_per_second"],
    }


def client_figures(
    plan: BenchPlan, items: Sequence[Mapping[str, object]]
) -> dict[str, dict[str, float]]:
    """Throughput by the number of requests under way at once."""
    figures = {}
    for requests in CONCURRENCY:
        found = measure_throughput(plan.url, items, concurrency=requests, repeats=plan.repeats)
        figures[str(requests)] = {
            **asdict(found),
            "completions_per_second": found.completions_per_second,
        }
    return figures


def step_figures(times: Sequence[StepTime]) -> dict[str, Any]:
    """Medians over steps, and each part's share of all their time."""
    total = sum(one.seconds for one in times)
    return {
        "seconds": statistics.median(one.seconds for one in times),
        "parts": {
            part: {
                "seconds": statistics.median(getattr(one, part) for one in times),
                "share": sum(getattr(one, part) for one in times) / total,
            }
            for part in PARTS
        },
        "answer_seconds": statistics.median(one.answer for one in times),
        "rollouts_per_second": sum(one.rollouts for one in times) / total,
        "tokens_per_rollout": sum(one.tokens for one in times) / sum(o.rollouts for o in times),
        "generated_tokens_per_second": sum(one.tokens for one in times)
        / sum(one.generation for one in times),
    }


def client_items(world: World, groups: int) -> list[dict[str, object]]:
    """`groups` test cases as items of `/score`, each with five completions of the cold start."""
    rng = random.Random("bench")
    return [
        item(world, case)
        | {"completions": [write_reasoning(world, case, rng, COLD_START) for _ in range(GROUP)]}
        for case in sample_cases(world, "test", groups)
    ]


def _train(demo: Plan) -> tuple[list[StepTime], int]:
    config = run_config(demo)
    # Nothing is learnt, so that all steps are alike; the work is the same.
    config = config.model_copy(update={"training": {**config.training, "learning_rate": 0.0}})
    rows = training_rows(config)
    set_seed(config.seed)
    trainer = TimedTrainer(
        model=config.model.path,
        args=crpo_config(config),
        train_dataset=Dataset.from_list(
            [{name: row[name] for name in ("prompt", "item")} for row in rows]
        ),
    )
    print_no_logs(trainer)
    try:
        trainer.train()
    finally:
        trainer.close()
    return trainer.step_times, trainer.model.num_parameters()

"""The demonstration from start to end: a small policy, examined, trained, examined again."""

from __future__ import annotations

import time
from pathlib import Path

from rich.console import Console
from rich.status import Status

from trainer.client import RewardClient
from trainer.data import read_rows
from trainer.demo.plan import Plan, make_room, run_config
from trainer.demo.show import before_and_after, changed_cases, example, summary
from trainer.evaluation import Evaluation, PolicySource, Sampling, Task, compare, evaluate_policy
from trainer.evaluation.questions import read_questions
from trainer.report import write_report
from trainer.training import run
from trainer.training.live import LiveTable, shown_metrics
from trainer.training.watching import quiet_libraries
from trainer.world import write_world


def demonstrate(console: Console, plan: Plan) -> None:
    """Make the world, examine the policy, train it, examine it again, show both, write the report.

    Raises DemoError for a folder in use, and what evaluating and training raise.
    """
    with quiet_libraries():
        _demonstrate(console, plan)


def _demonstrate(console: Console, plan: Plan) -> None:
    began = time.perf_counter()
    make_room(plan)
    cases = plan.train_cases + plan.test_cases
    with console.status(f"making {cases} cases of a closed clinical world …"):
        # Seed 0, because the checkpoint has learnt the words of that world.
        world = write_world(
            plan.world,
            seed=0,
            train=plan.train_cases,
            test=plan.test_cases,
            language=0,
            cold_start=0,
        )
    console.print(
        f"A closed world of {len(world.diseases)} diseases and {len(world.findings)} findings: "
        f"{plan.train_cases} cases to learn from, {plan.test_cases} others to be examined on. The "
        "policy has learnt by imitation to write like this, from careless examples: findings "
        "dropped, invented and denied, options passed over, wrong letters."
    )
    config = run_config(plan)
    with RewardClient(plan.url) as client:
        start = _examined(console, client, plan, plan.policy, "before training", plan.start)
        console.rule(f"{plan.steps} CRPO steps with the rewards of {plan.url}", align="left")
        run(config, live=LiveTable(console, shown_metrics(config)))
        end = _examined(
            console, client, plan, plan.run / "model", "after training", plan.run / "evaluation"
        )
    differences = compare(end.rows, start.rows, baseline=start.label)
    console.rule("Before and after, on cases that it has not learnt from", align="left")
    console.print(before_and_after(start, end, differences))
    console.print(summary(start, end, differences))
    console.rule("The largest gain and the largest loss", align="left")
    for case in changed_cases(start.rows, end.rows):
        console.print(example(case))
    with console.status("writing the report …"):
        page = write_report([plan.run], plan.report, start=plan.start / "test.parquet")[0]
    console.print(f"The report, with curves and more examples: {page}", soft_wrap=True)
    console.print(f"This half took {time.perf_counter() - began:.0f} s.")


def _examined(
    console: Console, client: RewardClient, plan: Plan, policy: Path, label: str, folder: Path
) -> Evaluation:
    task = Task(questions=read_questions(read_rows(plan.test_file)), split="test")
    sampling = Sampling(
        max_new_tokens=plan.max_tokens,
        temperature=1.0,  # as in training
        samples=plan.samples,
        batch_size=20,
        seed=plan.seed,
    )

    def report(status: Status, stage: str, done: int, total: int) -> None:
        status.update(f"examining the policy {label}: {stage}, {done} of {total} …")

    with console.status("") as status:
        return evaluate_policy(
            PolicySource(str(policy), label, None),
            task,
            sampling,
            client,
            folder=folder,
            device="cpu",
            report=lambda *progress: report(status, *progress),
        )

"""What the demonstration does and where: its plan, its run's configuration, its folder."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from trainer.config import RunConfig, load_config
from trainer.demo.errors import DemoError

_MARK = "demonstration.json"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One demonstration.

    url: of the reward service.
    output: folder of the results.
    policy: folder of the policy that it starts from; it must know the words of the world of seed 0.
    steps, rollouts: CRPO steps, and the rollouts of each, in groups of five.
    seed: of sampling and training.
    train_cases, test_cases: of the world; samples: completions of each test case.
    max_tokens: of a completion; the checkpoint's are about 80.
    """

    url: str
    output: Path
    policy: Path
    steps: int = 50
    rollouts: int = 40
    seed: int = 0
    train_cases: int = 400
    test_cases: int = 80
    samples: int = 2
    max_tokens: int = 160

    @property
    def world(self) -> Path:
        """Folder of the world's files."""
        return self.output / "world"

    @property
    def test_file(self) -> Path:
        """The test cases as rows."""
        return self.world / "test.jsonl"

    @property
    def run(self) -> Path:
        """Folder of the run, as `crpo train` writes it."""
        return self.output / "run"

    @property
    def start(self) -> Path:
        """Folder of the evaluation of the policy before training."""
        return self.output / "start"

    @property
    def report(self) -> Path:
        """The report; its figures go to a folder beside it."""
        return self.output / "report.html"


def run_config(plan: Plan) -> RunConfig:
    """The configuration of the run: crpo.yaml with what the plan decides filled in."""
    fields = {
        "output": str(plan.run),
        "seed": plan.seed,
        "model.path": str(plan.policy.resolve()),
        "data.train": str(plan.world / "train.jsonl"),
        "data.test": str(plan.test_file),
        "reward.url": plan.url,
        "training.max_steps": plan.steps,
        "training.per_device_train_batch_size": plan.rollouts,
        "training.max_completion_length": plan.max_tokens,
    }
    # JSON is YAML, whatever characters a path has.
    overrides = [f"{name}={json.dumps(value)}" for name, value in fields.items()]
    return load_config(Path(__file__).with_name("crpo.yaml"), overrides)


def make_room(plan: Plan) -> None:
    """Removes what an earlier demonstration left in the folder, and makes the folder.

    Raises DemoError, and removes nothing, when the folder holds anything else.
    """
    mark = plan.output / _MARK
    if plan.output.exists() and (not plan.output.is_dir() or any(plan.output.iterdir())):
        if not mark.is_file():
            raise DemoError(
                f"{plan.output} is not empty and holds no earlier demonstration; "
                "choose another folder with --output"
            )
        for folder in (plan.world, plan.start, plan.run, plan.output / "figures"):
            if folder.is_dir():
                shutil.rmtree(folder)
        plan.report.unlink(missing_ok=True)
    plan.output.mkdir(parents=True, exist_ok=True)
    described = {"steps": plan.steps, "rollouts": plan.rollouts, "seed": plan.seed}
    mark.write_text(json.dumps(described) + "\n", encoding="utf-8")

"""What an experiment has to do, as commands: train each run, evaluate each policy."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainer.config import ConfigError, RunConfig, load_config
from trainer.evaluation.run import digest, digest_policy
from trainer.experiment.config import START, Arm, ExperimentConfig

PROGRAM = (sys.executable, "-m", "trainer.cli")


@dataclass(frozen=True)
class Command:
    """One process. It is finished when it exited with one of `accepted` and left `product`.

    identity: stands for everything that the result depends on.
    again: arguments that replace a finished result of another identity; empty refuses to.
    """

    what: str
    argv: tuple[str, ...]
    identity: str
    product: Path
    accepted: tuple[int, ...] = (0,)
    again: tuple[str, ...] = ()


@dataclass(frozen=True)
class Job:
    """Commands that follow each other, with one log. `folder` is the run's."""

    name: str
    folder: Path
    commands: tuple[Command, ...]


def jobs(config: ExperimentConfig, *, program: Sequence[str] = PROGRAM) -> list[Job]:
    """The start's evaluation, then every run: trained, then evaluated.

    Raises ConfigError before anything runs: for overrides that the base refuses, for an arm with
    another start or other test questions than the base, and for a start or data that are not there.
    """
    base = load_config(config.base)
    start = Job(START, config.start_folder, (_evaluate(config, base, base.model.path, program),))
    return [start, *(_run(config, base, arm, seed, program) for arm, seed in config.runs())]


def overrides(config: ExperimentConfig, arm: Arm, seed: int) -> list[str]:
    """The run's own fields as `crpo train` takes them."""
    fields: dict[str, Any] = {
        **arm.overrides,
        "name": f"{config.name}-{arm.name}-{seed}",
        "output": str(config.run_folder(arm.name, seed)),
        "seed": seed,
        "reward.url": config.reward_url,
    }
    # JSON is YAML, which the overrides' values are.
    return [f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in fields.items()]


def _run(
    config: ExperimentConfig, base: RunConfig, arm: Arm, seed: int, program: Sequence[str]
) -> Job:
    fields = overrides(config, arm, seed)
    run = load_config(config.base, fields)
    # The results have one start, and every policy answers the same questions.
    for name, own, common in (
        ("model.path", run.model.path, base.model.path),
        ("data.test", run.data.test, base.data.test),
    ):
        if own != common:
            raise ConfigError(
                f"arm {arm.name}: {name}: every arm has that of the base, {common}, not {own}; "
                f"set it in {config.base.name}"
            )
    settings = run.model_dump(mode="json")
    del settings["reward"]["url"]  # may be another every day
    train = Command(
        "train",
        (*program, "train", str(config.base), *fields),
        identity=_digest([settings, _policy(run.model.path), _data(run.data.train)]),
        product=run.output / "model",
    )
    evaluate = _evaluate(config, run, str(run.output), program)
    return Job(f"{arm.name}-seed-{seed}", run.output, (train, evaluate))


def _evaluate(
    config: ExperimentConfig, run: RunConfig, policy: str, program: Sequence[str]
) -> Command:
    """The evaluation of a run, or of the start; every setting is given, so all are alike."""
    wanted = config.evaluation
    trained = policy == str(run.output)
    folder = run.output if trained else config.start_folder
    if run.data.test is None:
        raise ConfigError(f"{config.base}: data.test: expected the questions to evaluate on")
    tokens = wanted.max_new_tokens or run.training.get("max_completion_length")
    limit = wanted.questions or run.data.test_limit
    options: dict[str, Any] = {
        "--data": run.data.test,
        "--split": wanted.split,
        "--output": folder / "evaluation",
        "--limit": limit,
        "--samples": wanted.samples,
        "--temperature": wanted.temperature,
        "--max-new-tokens": tokens,
        "--batch-size": wanted.batch_size,
        "--seed": wanted.seed,
        "--system-prompt": run.data.system_prompt,
        "--key-env": run.reward.key_env,
    }
    given = [
        text for name, value in options.items() if value is not None for text in (name, str(value))
    ]
    policy_digest = None if trained else _policy(policy)
    return Command(
        "evaluate",
        (*program, "evaluate", policy, *given, "--url", config.reward_url, "--quiet"),
        identity=_digest([policy, policy_digest, given, _data(run.data.test)]),
        product=folder / "evaluation" / f"{wanted.split}.parquet",
        accepted=(0, 1),  # 1: some completions could not be scored, which the results count
        again=("--overwrite",),
    )


def _data(path: Path) -> str:
    if not path.is_file():
        raise ConfigError(f"{path}: no such file; make the data before the experiment")
    return digest([path])


def _policy(path: str) -> str:
    """What a start is recognised by. A configured folder has become an absolute path."""
    if Path(path).is_absolute() and not Path(path).is_dir():
        raise ConfigError(f"{path}: no such folder; make the starting policy before the experiment")
    return digest_policy(path)


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]

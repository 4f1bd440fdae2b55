"""An experiment's configuration: several arms, several seeds, one base."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from trainer.config import ConfigError
from trainer.config.yaml_file import read_yaml

START = "start"


def _folder_name(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", value):
        raise ValueError("expected letters, digits, '.', '_' and '-', as in crpo")
    return value


Name = Annotated[str, AfterValidator(_folder_name)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Arm(_Section):
    """One way to train; it differs from the base in its overrides alone."""

    name: Name = Field(description="Name in tables and folders.")
    overrides: dict[str, Any] = Field(
        default_factory=dict,
        description="Fields of the base by dotted name, as in reward.method: crpo.",
    )


class Evaluation(_Section):
    """How every policy is evaluated, the start included."""

    split: Name = Field("test", description="Name of the evaluation's files.")
    samples: int = Field(4, ge=1, description="Completions for each question.")
    questions: int | None = Field(
        None, ge=1, description="Only the first so many test questions; null takes all."
    )
    temperature: float = Field(0.7, ge=0, description="Sampling temperature; 0 is greedy.")
    max_new_tokens: int | None = Field(
        None, ge=1, description="Limit of a completion; null takes training.max_completion_length."
    )
    batch_size: int = Field(8, ge=1, description="Questions generated for together.")
    seed: int = Field(0, ge=0, lt=2**32, description="Seed of the sampling.")


class Claims(_Section):
    """What the trained arms are expected to reach against the baseline."""

    faithfulness_gain: float = Field(0.2, description="Relative gain in faithfulness, at least.")
    coverage_gain: float = Field(0.2, description="Relative gain in coverage, at least.")
    accuracy_loss: float = Field(
        0.01, ge=0, description="Loss of accuracy, at most (0.01 is one point)."
    )


class ExperimentConfig(_Section):
    """Arms × seeds on one base configuration, and how they are compared."""

    name: Name = Field(description="Name of the experiment.")
    output: Path = Field(description="Folder for the runs, the results and the logs.")
    base: Path = Field(description="Run configuration that all arms share.")
    arms: tuple[Arm, ...] = Field(min_length=1, description="The arms, in the table's order.")
    seeds: tuple[Annotated[int, Field(ge=0, lt=2**32)], ...] = Field(
        (0, 1, 2), min_length=1, description="Every arm is trained once for each seed."
    )
    baseline: str = Field("grpo", description="Arm that the others are compared with.")
    reward_url: str = Field("http://127.0.0.1:8000", description="Where the service listens.")
    processes: int = Field(1, ge=1, description="Runs at the same time.")
    threads: int = Field(1, ge=1, description="CPU threads of each run.")
    evaluation: Evaluation = Field(default_factory=Evaluation)
    claims: Claims = Field(default_factory=Claims)
    examples: int = Field(3, ge=0, description="Questions shown side by side in the results.")
    samples: int = Field(
        30, ge=0, description="Random completions of each trained arm written out for reading."
    )
    resamples: int = Field(2000, ge=100, description="Bootstrap resamples.")

    @model_validator(mode="after")
    def _consistent(self) -> ExperimentConfig:
        names = [arm.name for arm in self.arms]
        if len(set(names)) < len(names) or START in names:
            raise ValueError(f"arms: expected every name once, and none called {START}")
        if len(set(self.seeds)) < len(self.seeds):
            raise ValueError("seeds: expected every seed once")
        if self.baseline not in names:
            raise ValueError(f"baseline: expected one of {', '.join(names)}")
        return self

    def runs(self) -> list[tuple[Arm, int]]:
        """Every arm with every seed; all arms of a seed come before the next seed."""
        return [(arm, seed) for seed, arm in product(self.seeds, self.arms)]

    def run_folder(self, arm: str, seed: int) -> Path:
        """Where a run is."""
        return self.output / arm / f"seed-{seed}"

    @property
    def start_folder(self) -> Path:
        """Where the evaluation of the common start is."""
        return self.output / START


def load_experiment(path: Path) -> ExperimentConfig:
    """The checked configuration; `base` and `output` are relative to the file's folder.

    Raises ConfigError with one line for every mistake.
    """
    try:
        config = ExperimentConfig.model_validate(read_yaml(path))
    except ValidationError as error:
        lines = [
            f"{path}: {'.'.join(map(str, detail['loc']))}: {detail['msg']}".replace(": : ", ": ")
            for detail in error.errors(include_url=False)
        ]
        raise ConfigError("\n".join(lines)) from None
    folder = path.parent.resolve()
    base = (folder / config.base.expanduser()).resolve()
    if not base.is_file():
        raise ConfigError(f"{path}: base: no such file: {base}")
    output = (folder / config.output.expanduser()).resolve()
    return config.model_copy(update={"base": base, "output": output})

"""The fields read from source are the real classes', and every shipped config keeps them."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from trl.trainer.sft_config import SFTConfig

from trainer.config import load_config
from trainer.config.training_fields import RESERVED, training_fields
from trainer.crpo import CRPOConfig
from trainer.training import arguments

CONFIGS = sorted(
    path
    for path in (Path(__file__).parents[3] / "configs").glob("*.yaml")
    if not path.stem.startswith("experiment")  # those are arms and seeds on a run's config
)
CLASSES = {"crpo": CRPOConfig, "cold_start": SFTConfig}


@pytest.mark.parametrize("stage", CLASSES)
def test_the_fields_are_those_of_the_class(stage: str) -> None:
    real = {field.name for field in dataclasses.fields(CLASSES[stage]) if field.init}
    hidden = {name for name in real if name.startswith("_")}
    assert set(training_fields(stage)) == real - hidden


def test_reserved_fields_exist() -> None:
    known = set(training_fields("crpo")) | set(training_fields("cold_start"))
    assert set(RESERVED) <= known


def test_types_of_the_source() -> None:
    fields = training_fields("crpo")
    assert fields["max_steps"] is int
    assert fields["num_generations"] == int | None
    assert fields["learning_rate"] is float


def test_configs_are_shipped() -> None:
    names = {path.stem for path in CONFIGS}
    assert {"clinical_r1_3b", "clinical_r1_3b_cold_start", "single_gpu_lora"} <= names
    assert {"tiny_cpu", "tiny_cpu_cold_start"} <= names


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_a_shipped_config_makes_the_real_settings(path: Path) -> None:
    config = load_config(path, ["training.bf16=false", "training.use_cpu=true"])
    make = arguments.crpo_config if config.stage == "crpo" else arguments.cold_start_config
    settings = make(config)
    for name, value in config.training.items():
        if name != "report_to":  # a name or "none" becomes a list
            assert getattr(settings, name) == value, name
    assert settings.seed == config.seed
    assert Path(settings.output_dir) == config.output / "checkpoints"


def test_the_papers_numbers() -> None:
    config = load_config(
        next(path for path in CONFIGS if path.stem == "clinical_r1_3b"),
        ["training.bf16=false", "training.use_cpu=true"],
    )
    settings = arguments.crpo_config(config)
    assert (settings.num_generations, settings.beta, settings.learning_rate) == (5, 0.001, 1e-6)
    assert settings.objective_weights == (10.0, 1.0, 1.0)
    assert (config.data.max_prompt_tokens, settings.max_completion_length) == (1024, 4096)
    processes = 8
    rollouts = settings.generation_batch_size * processes
    assert rollouts == 1024 * settings.num_generations

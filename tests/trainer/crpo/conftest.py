"""A tiny policy on disk, made once, and trainers that are closed with the test."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
sys.path.insert(0, str(Path(__file__).parent))

import crpo_tiny
import torch

from trainer.crpo import CRPOTrainer

Make = Callable[..., CRPOTrainer]

# Every training collects garbage; what was imported is none, and looking at it takes half the time.
gc.collect()
gc.freeze()

# TRL 1.16 and peft still use the older name of transformers' activation checkpointing.
_OLD_NAME = "ignore:.*gradient_checkpointing.* is deprecated:FutureWarning"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.filterwarnings(_OLD_NAME))


@pytest.fixture(scope="session")
def policy(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Folder of the tiny policy."""
    torch.set_num_threads(1)
    return crpo_tiny.save_model(tmp_path_factory.mktemp("policy"))


@pytest.fixture
def make_trainer(policy: str, tmp_path: Path) -> Iterator[Make]:
    """`make(service, prompts=8, …settings)`; the run's folder is tmp_path / "run"."""
    made: list[CRPOTrainer] = []

    def make(service: Any = None, *, prompts: int = 8, **options: Any) -> CRPOTrainer:
        arguments = {
            name: options.pop(name)
            for name in ("eval_dataset", "peft_config", "callbacks")
            if name in options
        }
        data = options.pop("train_dataset", None) or crpo_tiny.rows(prompts)
        trainer = CRPOTrainer(
            options.pop("model", policy),
            crpo_tiny.settings(options.pop("folder", tmp_path / "run"), **options),
            data,
            reward_client=service or crpo_tiny.WordService(),
            **arguments,
        )
        made.append(trainer)
        return trainer

    yield make
    for trainer in made:
        trainer.close()

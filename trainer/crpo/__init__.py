"""Clinical Objective Relative Policy Optimization on TRL.

    trainer = CRPOTrainer(model, CRPOConfig(output_dir="run"), train_dataset=rows)
    trainer.train()

Importing this loads torch, transformers and TRL.
"""

from trainer.crpo.config import CRPOConfig
from trainer.crpo.errors import (
    CRPOError,
    ResumeError,
    RewardError,
    RowError,
    RunFolderError,
    ScorerError,
)
from trainer.crpo.rewards import RewardSource
from trainer.crpo.trainer import CRPOTrainer

__all__ = [
    "CRPOConfig",
    "CRPOError",
    "CRPOTrainer",
    "ResumeError",
    "RewardError",
    "RewardSource",
    "RowError",
    "RunFolderError",
    "ScorerError",
]

"""Unsloth trains with TRL's GRPOTrainer, so its reward functions are TRL's.

from trainer.stacks.unsloth import reward_functions
"""

from __future__ import annotations

from trainer.stacks.trl import reward_functions

__all__ = ["reward_functions"]

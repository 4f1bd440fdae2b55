"""The CRPO trainer: learns from a clinical reward service over HTTP.

It knows the service through its wire format alone and imports nothing of `reward_service`.
Importing this package loads no machine-learning library.
"""

from trainer.client import AsyncRewardClient, RewardClient

__all__ = ["AsyncRewardClient", "RewardClient"]

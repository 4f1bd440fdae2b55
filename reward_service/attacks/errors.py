"""What goes wrong in a run of attacks."""

from __future__ import annotations

from reward_service.wire.errors import RewardServiceError


class AttackError(RewardServiceError):
    """A run of attacks cannot be carried out: unknown attack, missing or unreadable data."""

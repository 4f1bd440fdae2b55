"""The error of comparing: the runs cannot be compared as they are."""

from __future__ import annotations

from reward_service.wire.errors import RewardServiceError


class CompareError(RewardServiceError):
    """Runs that cannot be compared; the message names them and says what to do."""

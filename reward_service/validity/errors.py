"""The error of validating: a data file is not what its adapter reads."""

from __future__ import annotations

from reward_service.wire.errors import RewardServiceError


class ValidityError(RewardServiceError):
    """A data file or an option that the benchmark cannot use; the message says which and why."""

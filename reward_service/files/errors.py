"""The error of file work that stops a run. A bad row does not: it goes to the side file."""

from __future__ import annotations

from reward_service.wire.errors import RewardServiceError


class FileError(RewardServiceError):
    """A file cannot be read, written, or resumed; the message names it and says what to do."""

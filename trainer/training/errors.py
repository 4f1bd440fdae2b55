"""Why a run cannot start or go on, in words."""

from __future__ import annotations


class TrainingError(RuntimeError):
    """A folder, a model or a service that a run needs is not as it must be; says what to do."""

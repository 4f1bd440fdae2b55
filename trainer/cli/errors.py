"""The errors that a command reports in words; any other is a bug and shows its traceback."""

from __future__ import annotations

import sys

# Modules that are only imported by the commands that need them: an error of theirs cannot come up
# before they are.
_LATE = (
    ("trainer.client.errors", "RewardClientError"),
    ("trainer.config.errors", "ConfigError"),
    ("trainer.crpo.errors", "CRPOError"),
    ("trainer.data.errors", "DataError"),
    ("trainer.evaluation.errors", "EvaluationError"),
    ("trainer.report.errors", "ReportError"),
    ("trainer.training.errors", "TrainingError"),
)


def expected_errors() -> tuple[type[Exception], ...]:
    """The classes of expected errors, as far as their modules are imported."""
    return tuple(
        getattr(sys.modules[module], name) for module, name in _LATE if module in sys.modules
    )

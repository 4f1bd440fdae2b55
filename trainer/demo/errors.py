"""The demonstration's own error, and all errors that it and the benchmark report in words."""

from __future__ import annotations

from trainer.cli.errors import expected_errors


class DemoError(Exception):
    """The demonstration cannot go on; the message says why and what to do."""


def reported_errors() -> tuple[type[Exception], ...]:
    """The classes of expected errors, as far as their modules are imported."""
    return (DemoError, *expected_errors())

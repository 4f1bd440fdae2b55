"""What can go wrong while a report is made."""

from __future__ import annotations


class ReportError(ValueError):
    """A run folder that cannot be read; the message names the file, the place and what to do."""

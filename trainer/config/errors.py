"""What is wrong with a run's configuration, in words."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class ConfigError(ValueError):
    """A configuration that cannot be used; one line for each mistake."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`"; did you mean x?"`, or the known names when none is close and they are few."""
    names = sorted(known)
    for close in difflib.get_close_matches(name, names, n=1, cutoff=0.6):
        return f"; did you mean {close}?"
    return f"; known are {', '.join(names)}" if len(names) <= 12 else ""

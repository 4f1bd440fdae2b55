"""What is wrong with a file of data."""

from __future__ import annotations


class DataError(ValueError):
    """A file, a row or a field that cannot be used; says which and what was expected."""

"""What can stop an evaluation.

A completion that could not be scored stops nothing: it is a row with its failure.
"""

from __future__ import annotations


class EvaluationError(RuntimeError):
    """An evaluation cannot be carried out; says why and what to do."""

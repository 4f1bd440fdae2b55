"""Scores of many completions as columns, and which numbers the tests look at."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from reward_service.validity.base import Scored
from reward_service.validity.statistics import Floats, Ints

PROCESS = ("faithfulness", "coverage")
"""The paid objectives that judge the reasoning, not the answer."""

NUMBERS = (
    *PROCESS,
    "finding_recall",
    "option_coverage",
    "distractor_rejection",
    "evidence_density",
    "hallucination_rate",
    "contradiction_rate",
    "consistency",
)
"""What the service says of a completion's reasoning: objectives, then metrics."""


LESS_IS_BETTER = frozenset({"hallucination_rate", "contradiction_rate"})


def column(scores_N: Iterable[Scored], name: str) -> Floats:
    """An objective or metric of each completion; NaN where it is null."""
    values = (scored.value(name) for scored in scores_N)
    return np.array([np.nan if value is None else value for value in values], dtype=float)


def judged(*columns_N: Floats) -> Ints:
    """Indices of the rows where no column is NaN."""
    return np.flatnonzero(~np.isnan(np.stack(columns_N)).any(axis=0))

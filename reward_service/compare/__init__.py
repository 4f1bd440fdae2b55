"""Comparing scored runs, question by question.

`compare_runs` is the one entry; the command `clinical-reward compare` is a face on it.
"""

from reward_service.compare.comparison import Comparison, Options, compare_runs
from reward_service.compare.errors import CompareError
from reward_service.compare.runs import Run, read_run

__all__ = ["CompareError", "Comparison", "Options", "Run", "compare_runs", "read_run"]

"""Evaluation of policies on a test set: generate, score through the service, summarise.

Aggregation alone (`summarise`, `compare` on rows as `read_rows` gives them) needs neither torch nor
a service. Layout of the rows: `trainer.evaluation.rows`.
"""

from trainer.evaluation.behaviours import BEHAVIOURS, count_behaviours
from trainer.evaluation.bootstrap import Bootstrap, Interval
from trainer.evaluation.completions import Completion, read_completions
from trainer.evaluation.errors import EvaluationError
from trainer.evaluation.files import Evaluation, write_evaluation
from trainer.evaluation.generation import Sampling
from trainer.evaluation.policy import PolicySource, find_policy
from trainer.evaluation.questions import Question, read_questions
from trainer.evaluation.rows import read_rows
from trainer.evaluation.run import Task, evaluate_completions, evaluate_policy
from trainer.evaluation.summary import Comparison, Estimate, Table, compare, summarise

__all__ = [
    "BEHAVIOURS",
    "Bootstrap",
    "Comparison",
    "Completion",
    "Estimate",
    "Evaluation",
    "EvaluationError",
    "Interval",
    "PolicySource",
    "Question",
    "Sampling",
    "Table",
    "Task",
    "compare",
    "count_behaviours",
    "evaluate_completions",
    "evaluate_policy",
    "find_policy",
    "read_completions",
    "read_questions",
    "read_rows",
    "summarise",
    "write_evaluation",
]

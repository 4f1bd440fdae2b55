"""Completions: their sections and their final answers; prompts: their stem and options."""

from reward_service.completions.answers import Commitment, find_answer
from reward_service.completions.keys import key_labels
from reward_service.completions.messages import completion_text
from reward_service.completions.options import Options, read_options
from reward_service.completions.prompt import read_prompt
from reward_service.completions.references import Reference, find_references
from reward_service.completions.sections import Completion, Problem, Range, Tags, parse_completion
from reward_service.completions.statements import last_commitment

__all__ = [
    "Commitment",
    "Completion",
    "Options",
    "Problem",
    "Range",
    "Reference",
    "Tags",
    "completion_text",
    "find_answer",
    "find_references",
    "key_labels",
    "last_commitment",
    "parse_completion",
    "read_options",
    "read_prompt",
]

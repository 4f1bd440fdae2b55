r"""Rollout dumps of verl and OpenRLHF: JSON lines with `input` and `output`.

verl: `trainer.rollout_data_dir` and `trainer.validation_data_dir` get a STEP.jsonl; layout read
from verl 0.9.1 (trainer/ppo/ray_trainer.py `_write_generations`) and checked with a file that this
function wrote:

    input, output     prompt and response, decoded without special tokens
    gts               the row's `reward_model.ground_truth`: a text, a list, or an object
    score, step, and whatever the reward function returned

OpenRLHF: its batch inference (cli/batch_inference.py, read in 0.8.0; later versions have none)
writes `input`, `output` and perhaps `reward`; a label, where there is one, is a column of its own.

Decoded chat prompts are lines "system", "user", "assistant" with the texts between; they become
messages again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from reward_service.files.sources.base import Source
from reward_service.files.sources.labels import LABELS, read_label
from reward_service.files.sources.messages import read_messages

_ROLE_LINE = re.compile(r"^(system|user|assistant)[ \t]*\n", re.MULTILINE)


def _matches(row: Mapping[str, Any]) -> bool:
    return {"input", "output"} <= row.keys() and not {"question", "prompt"} & row.keys()


def _fields(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "prompt": _turns(read_messages(row["input"])),
        **read_label(row),
        "completions": [read_messages(row["output"])],
    }


def _turns(prompt: Any) -> Any:
    """The messages of a decoded chat; any other prompt as it is."""
    if not isinstance(prompt, str):
        return prompt
    marks = list(_ROLE_LINE.finditer(prompt + "\n"))
    if not marks or marks[0].start() > 0 or not any(mark[1] == "user" for mark in marks):
        return prompt
    ends = [mark.start() for mark in marks[1:]] + [len(prompt)]
    return [
        {"role": mark[1], "content": prompt[mark.end() : end].strip()}
        for mark, end in zip(marks, ends, strict=True)
    ]


ROLLOUT_DUMP = Source(
    "rollouts",
    frozenset({"input", "output", "id", "options", "context", *LABELS}),
    _matches,
    _fields,
)

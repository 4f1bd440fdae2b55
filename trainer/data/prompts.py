"""The prompt: what the policy is asked, and in which form it has to answer.

The wording is our own; the paper's prompt is not public. The form is the paper's: the analysis in
one pair of tags, then the conclusion in another, with the letter in one `\\boxed{}`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from trainer.data.errors import DataError
from trainer.data.questions import Question

Message = dict[str, str]
Prompt = str | list[Message]

_TAG_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,31}")
_INSTRUCTION = """\
You are a careful physician. Read the case and choose the one best option.
First write your analysis between <{analysis}> and </{analysis}>: name the findings of this case \
that matter, the absent ones too, with their values as given; then weigh every option and say why \
it fits or why it is rejected. Claim nothing about the patient that the case does not say.
Then write your conclusion between <{conclusion}> and </{conclusion}>: rest it only on evidence \
that your analysis cites, and end with the letter of your answer as \\boxed{{X}}.
Write nothing outside the tags."""


@dataclass(frozen=True)
class PromptStyle:
    """The form of a prompt.

    Attributes:
        form: `chat` gives a system and a user message, `plain` one string.
        tags: Names of the tags around the analysis and around the conclusion.
    """

    form: Literal["chat", "plain"] = "chat"
    tags: tuple[str, str] = ("dx", "conclusion")

    def __post_init__(self) -> None:
        if self.tags[0] == self.tags[1] or not all(map(_TAG_NAME.fullmatch, self.tags)):
            raise DataError(
                "tags: expected two different names of letters, digits, _ and -, as in "
                f"dx,conclusion; got {','.join(self.tags)}"
            )


DEFAULT_STYLE = PromptStyle()


def make_prompt(question: Question, style: PromptStyle = DEFAULT_STYLE) -> Prompt:
    """The prompt of a question: instruction, stem, options."""
    instruction = _INSTRUCTION.format(analysis=style.tags[0], conclusion=style.tags[1])
    options = "\n".join(f"{letter}. {text}" for letter, text in question.options.items())
    case = f"{question.text}\n\n{options}"
    if style.form == "plain":
        return f"{instruction}\n\n{case}\n\n"
    return [{"role": "system", "content": instruction}, {"role": "user", "content": case}]


def with_system_prompt(prompt: Prompt, text: str) -> Prompt:
    """`prompt` with `text` as its system message, in the place of one that it has.

    A plain prompt gets it in front, because it has no system message to replace.
    """
    if isinstance(prompt, str):
        return f"{text}\n\n{prompt}"
    others = [message for message in prompt if message["role"] != "system"]
    return [{"role": "system", "content": text}, *others]

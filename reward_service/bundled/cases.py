"""The bundled cases: exam questions, each with a group of completions of known kinds.

One JSON object a line in cases.jsonl. All texts were written for this package; none describes a
real patient.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from reward_service.wire import Item, Message

Kind = Literal["good", "wrong", "unfaithful", "gappy", "gaming", "untagged"]
KINDS: tuple[Kind, ...] = get_args(Kind)

KIND_MEANINGS: dict[Kind, str] = {
    "good": "right answer, careful reasoning from the case",
    "untagged": "honest reasoning, right answer, no tags",
    "gappy": "right answer, true, but hardly any reasoning",
    "unfaithful": "right answer, invented or inverted findings",
    "gaming": "tries to collect rewards without reasoning",
    "wrong": "careful reasoning to a wrong answer",
}


class DemoCompletion(BaseModel):
    """One completion, as text or as chat messages, exactly one of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    text: str | None = None
    messages: list[Message] | None = None

    @model_validator(mode="after")
    def _one_form(self) -> DemoCompletion:
        if (self.text is None) == (self.messages is None):
            raise ValueError("a completion has 'text' or 'messages', exactly one of them")
        return self

    @property
    def content(self) -> str | list[Message]:
        """What the wire's `completions` takes."""
        return self.text if self.text is not None else self.messages or []


class DemoCase(BaseModel):
    """A question with its key and its group of completions."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    title: str
    speciality: str
    question: str
    options: dict[str, str] | None
    answer: str | list[str]
    context: str | None
    reference: str | None
    completions: list[DemoCompletion] = Field(min_length=1)

    def item(self, completions: list[DemoCompletion] | None = None) -> Item:
        """The wire's item for `completions`, or for all of the case's."""
        chosen = self.completions if completions is None else completions
        return Item(
            id=self.id,
            question=self.question,
            prompt=None,
            options=self.options,
            answer=self.answer,
            context=self.context,
            reference=self.reference,
            completions=[completion.content for completion in chosen],
        )

    def completion(self, kind: Kind) -> DemoCompletion:
        """The first completion of that kind. Raises LookupError when there is none."""
        for completion in self.completions:
            if completion.kind == kind:
                return completion
        raise LookupError(f"case {self.id} has no completion of kind {kind}")


def load_cases() -> list[DemoCase]:
    """All bundled cases, in the file's order."""
    lines = files(__package__).joinpath("cases.jsonl").read_text(encoding="utf-8").splitlines()
    return [DemoCase.model_validate_json(line) for line in lines if line.strip()]

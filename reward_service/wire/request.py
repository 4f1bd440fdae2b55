"""The request of `POST /score`: items, each one prompt with its group of rollouts."""

from __future__ import annotations

import difflib
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

MAX_WEIGHT = 1e6
Text = Annotated[str, StringConstraints(strict=True)]


class Message(BaseModel):
    """One chat message. Other keys (name, tool calls …) are allowed and not read."""

    model_config = ConfigDict(frozen=True)

    role: Text = Field(examples=["assistant"])
    content: Text = Field(examples=["<dx>…</dx><conclusion>\\boxed{B}</conclusion>"])


TextOrMessages = Text | list[Message]


class Item(BaseModel):
    """One prompt with its group of rollouts.

    Unknown fields are ignored (data sets carry columns of their own), except one that looks like a
    misspelt field that is missing: that is refused, because it would silently cost an objective.
    """

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "id": "q-17",
                    "question": "A 54-year-old man has had crushing chest pain for 2 hours. He has "
                    "no fever. Which of the following is the most likely diagnosis?",
                    "options": {"A": "Pericarditis", "B": "Myocardial infarction"},
                    "answer": "B",
                    "completions": [
                        "<dx>Crushing chest pain without fever points to infarction; pericarditis "
                        "is less likely because the pain is not pleuritic.</dx>"
                        "<conclusion>\\boxed{B}</conclusion>"
                    ],
                }
            ]
        },
    )

    id: Text | None = Field(None, description="Returned as it came.", examples=["q-17"])
    question: Text | None = Field(
        None, description="Case and question. Wins over `prompt`.", examples=["A 54-year-old man …"]
    )
    prompt: TextOrMessages | None = Field(
        None,
        description="The prompt as the policy saw it, where there is no `question`: stem and "
        "options are read out of it.",
    )
    options: dict[Text, Text] | None = Field(
        None, description="Answer options by letter.", examples=[{"A": "…", "B": "…"}]
    )
    answer: Text | list[Text] | None = Field(
        None,
        description="The key: a letter, an option's text, a free text, or a list of them "
        "(then the set must match).",
        examples=["B"],
    )
    context: Text | None = Field(
        None, description="More source text that the reasoning may cite (a note, a dialogue)."
    )
    reference: Text | None = Field(
        None, description="An expert's rationale; its key concepts count as findings."
    )
    completions: list[TextOrMessages] = Field(
        description="The group of rollouts: strings or lists of chat messages.", min_length=1
    )

    @model_validator(mode="before")
    @classmethod
    def _refuse_misspelt_fields(cls, data: Any) -> Any:
        if isinstance(data, dict):
            known = set(cls.model_fields)
            missing = sorted(known - data.keys())
            for name in sorted(k for k in data if isinstance(k, str) and k not in known):
                close = difflib.get_close_matches(name, missing, n=1, cutoff=0.8)
                if close:
                    raise ValueError(f"unknown field '{name}': did you mean '{close[0]}'?")
        return data

    @model_validator(mode="after")
    def _has_a_prompt(self) -> Item:
        if self.question is None and self.prompt is None:
            raise ValueError("one of 'question' and 'prompt' is needed")
        return self


class ScoreRequest(BaseModel):
    """Body of `POST /score`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    items: list[Item] = Field(min_length=1)
    objectives: list[Text] | None = Field(
        None,
        description="Which objectives to judge; null for all. See GET /objectives.",
        examples=[["accuracy", "faithfulness"]],
    )
    weights: dict[Text, Annotated[float, Field(strict=True)]] | None = Field(
        None,
        description="Weights of the reward, over the defaults, each from 0 to 1,000,000.",
        examples=[{"accuracy": 10, "faithfulness": 1, "coverage": 1, "structure": 0}],
    )
    explain: bool = Field(
        False, strict=True, description="Also return the evidence behind every score."
    )

    @model_validator(mode="after")
    def _weights_are_in_range(self) -> ScoreRequest:
        for name, weight in (self.weights or {}).items():
            if not 0 <= weight <= MAX_WEIGHT:
                raise ValueError(
                    f"weights.{name}: expected a number from 0 to {MAX_WEIGHT:,.0f}, got {weight:g}"
                )
        return self

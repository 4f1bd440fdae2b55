"""Cold-start rows from another model's completions: the right ones, in the form to be learnt.

Rejection sampling: a teacher's completions are scored by the service, those with the right answer
are kept, longest analysis bounded, and written as `<dx>…</dx><conclusion>…</conclusion>`. The paper
distilled its cold start from a larger model; how it chose among the samples is not public.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from trainer.client.scores import CompletionScore, ScoredBatch
from trainer.data.prompts import DEFAULT_STYLE, PromptStyle
from trainer.data.questions import Question
from trainer.data.rows import Row, make_row

_COMMITS = re.compile(r"\b(?:answer|conclusion|diagnosis) (?:is|would be)\b|\\boxed\{", re.I)
_PARAGRAPHS = re.compile(r"\n\s*\n")
_SENTENCES = re.compile(r"(?<=[.!?])\s+")


class Scores(Protocol):
    """The part of RewardClient that is needed here."""

    def score(
        self, items: Sequence[Mapping[str, Any]], *, objectives: Sequence[str] | None = None
    ) -> ScoredBatch: ...


@dataclass(frozen=True)
class Choice:
    """Which completions are kept.

    Attributes:
        min_words, max_words: Length of the analysis, in words.
        min_faithfulness: Least faithfulness, where it can be judged.
        per_question: Most completions of one question; the most faithful first.
    """

    min_words: int = 30
    max_words: int = 400
    min_faithfulness: float = 0.0
    per_question: int = 2


def distil(
    items: Iterable[Mapping[str, Any]],
    client: Scores,
    *,
    choice: Choice = Choice(),
    style: PromptStyle = DEFAULT_STYLE,
    batch: int = 64,
) -> Iterable[Row]:
    """Cold-start rows (`prompt`, `item`, `completion`), in the order of the items.

    Items are those of `POST /score` with a question, options, a keyed letter and completions as
    text. An item of which nothing is kept gives no row.
    """
    waiting: list[Mapping[str, Any]] = []
    for item in items:
        waiting.append(item)
        if len(waiting) == batch:
            yield from _chosen(waiting, client, choice, style)
            waiting = []
    if waiting:
        yield from _chosen(waiting, client, choice, style)


def _chosen(
    items: list[Mapping[str, Any]], client: Scores, choice: Choice, style: PromptStyle
) -> Iterable[Row]:
    batch = client.score(items, objectives=("accuracy", "faithfulness"))
    for item, scored in zip(items, batch.items, strict=True):
        question = Question(
            id=str(item.get("id")),
            text=item["question"],
            options=item["options"],
            answer=item["answer"],
        )
        kept: list[tuple[float, int, str]] = []
        for place, (text, score) in enumerate(zip(item["completions"], scored.scores, strict=True)):
            analysis = analysis_of(text, style)
            words = len(analysis.split())
            faithful = _faithfulness(score)
            right = score.objectives.get("accuracy") == 1.0
            if (
                right
                and faithful >= choice.min_faithfulness
                and choice.min_words <= words <= choice.max_words
            ):
                kept.append((-faithful, place, analysis))
        for _, _, analysis in sorted(kept)[: choice.per_question]:
            row = make_row(question, style)
            completion = tagged(analysis, question.answer, style)
            chat = isinstance(row["prompt"], list)
            row["completion"] = (
                [{"role": "assistant", "content": completion}] if chat else completion
            )
            yield row


def _faithfulness(score: CompletionScore) -> float:
    """Faithfulness; 1 where it cannot be judged, which speaks against no completion."""
    value = score.objectives.get("faithfulness")
    return 1.0 if value is None else value


def analysis_of(text: str, style: PromptStyle = DEFAULT_STYLE) -> str:
    """What stands in the analysis tags; of a completion without them, all but what commits to an
    answer at its end: a paragraph or a sentence.
    """
    tag = re.escape(style.tags[0])
    if tagged_part := re.search(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL):
        return tagged_part.group(1).strip()
    paragraphs = [part.strip() for part in _PARAGRAPHS.split(text.strip()) if part.strip()]
    if not paragraphs:
        return ""
    sentences = _SENTENCES.split(paragraphs[-1])
    while sentences and _COMMITS.search(sentences[-1]):
        sentences.pop()
    paragraphs[-1] = " ".join(sentences)
    return "\n\n".join(part for part in paragraphs if part)


def tagged(analysis: str, answer: str, style: PromptStyle = DEFAULT_STYLE) -> str:
    """Analysis and keyed letter in the form that the prompt asks for."""
    first, second = style.tags
    return (
        f"<{first}>\n{analysis}\n</{first}>\n"
        f"<{second}>\nThe best answer is \\boxed{{{answer}}}.\n</{second}>"
    )

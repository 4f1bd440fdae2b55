"""Texts made to hurt: fragments that parsers care about, and what reads them."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import lru_cache

from reward_service.analysis.pipeline import Analyzer
from reward_service.completions import find_answer, parse_completion, read_prompt
from reward_service.completions.chat_text import chat_messages, reply_to, without_end_tokens
from reward_service.completions.labels import read_label
from reward_service.scoring.scorer import Scorer
from reward_service.vocabulary import load_vocabulary
from reward_service.wire import Item, ScoreRequest
from reward_service.wire.codes import Abstention

Read = Callable[[str], object]

QUESTION = (
    "A 52-year-old woman has had chest pain and shortness of breath for 2 days. She has no fever. "
    "Her pulse is 118/min. Which of the following is the most likely diagnosis?"
)
OPTIONS = {"A": "Pulmonary embolism", "B": "Pneumonia", "C": "Panic disorder"}

FRAGMENTS = (
    *("<dx>", "</dx>", "<conclusion>", "</conclusion>", "<", ">", "\\boxed{", "{", "}", "(", ")"),
    *("[", "]", "*", "**", "_", '"', "'", "“", "’", "#", "|", "\\", "`", "&amp;", "http://"),
    *(" ", "  ", "\n", "\n\n", "\r\n", "\t", "\x0b", "\x85", "\xa0", "\0", "\u200b", "\u202e"),
    *(".", ",", ";", ":", "-", "–", "/", "=", "+", "±", "%", "°C", "é", "İ", "ß", "\u0301", "🩺"),
    *("0", "1", "38.9", "120/80", "1,000", "10^9", "1e", "mg", "mm Hg", "to ", "between 1 and "),
    *("temperature ", "blood pressure ", "BP ", "WBC ", "hemoglobin ", "2-year-old ", "3 days "),
    *("A", "B) ", "(C) ", "A. ", "1. ", "option A ", "the answer is ", "is correct ", "I choose "),
    *("not ", "no ", "without ", "denies ", "her mother ", "if ", "because ", "which ", "and "),
    *("or ", "is less likely because ", "history of ", "e.g. ", "Dr. ", "vs. ", "She has "),
    *("fever ", "chest pain", "pulmonary embolism", "pnuemonia ", "MI", "Chest Pain (CP)", "x"),
    *("aaaaaaaaaaaaaaaa", "<|im_start|>user\n", "<|im_end|>", "[INST]", "Human: ", "Assistant: "),
)


@lru_cache
def analyzer() -> Analyzer:
    return Analyzer(load_vocabulary())


@lru_cache
def scorer() -> Scorer:
    return Scorer()


def read_completion(text: str) -> None:
    completion = parse_completion(text)
    find_answer(completion, OPTIONS)
    find_answer(completion, None)


def read_chat(text: str) -> None:
    chat_messages(text)
    without_end_tokens(f"{text}.")
    reply_to(text, f"Which? {text}")


def analyse(text: str) -> None:
    """Tokens, sentences, mentions, measurements and attributes, all of them within the text."""
    document = analyzer()(text)
    for thing in (*document.mentions, *document.measurements):
        assert 0 <= thing.start < thing.end <= len(text)
        assert 0 <= thing.first < thing.last <= len(document.starts)
    assert document.starts == sorted(document.starts)


def score(text: str) -> None:
    """As a completion, with its evidence; a failure inside would be a `scorer_error`."""
    _score(Item(question=QUESTION, options=OPTIONS, answer="A", completions=[text]))


def score_case(text: str) -> None:
    """As everything around a completion."""
    said = "<dx>She has fever and chest pain.</dx><conclusion>\\boxed{A}</conclusion>"
    options = {**OPTIONS, "D": text}
    _score(
        Item(question=text, options=options, answer=text, reference=text, completions=[said]),
    )


def _score(item: Item) -> None:
    [scored] = scorer().score(ScoreRequest(items=[item], explain=True)).items[0].scores
    assert Abstention.SCORER_ERROR not in scored.abstentions.values()
    assert all(value is None or 0 <= value <= 1 for value in scored.objectives.values())


READERS: dict[str, Read] = {
    "completion": read_completion,
    "prompt": read_prompt,
    "chat": read_chat,
    "label": read_label,
    "analysis": analyse,
    "score": score,
    "case": score_case,
}


def units(seed: int, count: int) -> list[str]:
    """Short runs of fragments, to be repeated; the same for the same seed.

    The first are some that once took quadratic time.
    """
    source = random.Random(seed)
    return ["WBC 3 days ", "to WBC 0 "] + [
        "".join(source.choice(FRAGMENTS) for _ in range(source.choice((1, 1, 2, 3, 4, 6))))
        for _ in range(count)
    ]

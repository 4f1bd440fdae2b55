"""Registered questions: how a label is found for a stack that sends only the prompt.

REWARD_QUESTIONS names a JSONL file (or one JSON list) of rows with `question` or `prompt`, with
`answer` and, where there are any, `options`, `context`, `reference`, in the shapes of labels.
A prompt is looked up by hashes: of its whole text, then of its stem with its options as they are
read out of it, then of its stem alone. Case and white space do not count.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reward_service.completions import read_prompt
from reward_service.completions.chat_text import as_messages
from reward_service.completions.labels import Label, lettered_options, read_label
from reward_service.completions.messages import prompt_text
from reward_service.server.stacks.rows import AMBIGUOUS_PROMPT, Row
from reward_service.wire.errors import SettingsError

_WHERE = "REWARD_QUESTIONS"


@dataclass(frozen=True)
class Question:
    """A registered question: a row without its completion."""

    row: Row


class Questions:
    """Registered questions by the hashes of their prompts."""

    def __init__(self, rows: Mapping[str, Question | None]) -> None:
        self._by_hash = rows

    @classmethod
    def load(cls, path: Path | None) -> Questions:
        """The questions of a file; none without a file. Raises SettingsError."""
        if path is None:
            return cls({})
        by_hash: dict[str, Question | None] = {}
        for where, row in _rows(path):
            question = _question(row, where)
            for key in _keys_of(row, question.row.label):
                known = by_hash.setdefault(key, question)
                if known is not None and known != question:
                    by_hash[key] = None
        if not by_hash:
            raise SettingsError(f"{_WHERE}: {path} holds no questions")
        return cls(by_hash)

    def find(self, prompt: str) -> Question | str | None:
        """The question of a user's prompt; a reason when several fit; None when none does."""
        for key in _prompt_keys(prompt):
            if key in self._by_hash:
                return self._by_hash[key] or AMBIGUOUS_PROMPT
        return None


def _rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Rows of the file with their place, as it is named in errors."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{_WHERE}: cannot read {path}: {error}") from None
    if text.lstrip().startswith("["):
        parsed = _parse(text, f"{path}")
        for number, row in enumerate(parsed, start=1):
            yield _checked(row, f"{path}, row {number}")
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            where = f"{path}, line {number}"
            yield _checked(_parse(line, where), where)


def _parse(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise SettingsError(f"{_WHERE}: {where}: is not JSON") from None


def _checked(row: object, where: str) -> tuple[str, dict[str, Any]]:
    if not isinstance(row, dict):
        raise SettingsError(f"{_WHERE}: {where}: expected an object")
    return where, row


def _question(row: dict[str, Any], where: str) -> Question:
    label = read_label(row)
    prompt = as_messages(row.get("prompt"))
    if prompt is None and label.question is None:
        raise SettingsError(f"{_WHERE}: {where}: one of 'question' and 'prompt' is needed")
    if label.answer is None:
        raise SettingsError(f"{_WHERE}: {where}: 'answer': expected a letter, a text or a list")
    given = next((row[name] for name in ("options", "choices") if row.get(name)), None)
    if given is not None and lettered_options(given) is None:
        raise SettingsError(f"{_WHERE}: {where}: 'options': expected texts by letter, or a list")
    return Question(Row.of(prompt=prompt, label=label, completion=""))


def _keys_of(row: Mapping[str, Any], label: Label) -> set[str]:
    keys: set[str] = set()
    prompt = as_messages(row.get("prompt"))
    if prompt is not None:
        keys.update(_prompt_keys(prompt_text(prompt)))
    if label.question is not None:
        stem, read = read_prompt(label.question)
        options = label.options or read
        keys |= {_hash("prompt", label.question), _hash("stem", stem)}
        keys |= {_hash("stem", label.question)}
        if options:
            keys |= {_hash("case", text, *_listed(options)) for text in (stem, label.question)}
    return keys


def _prompt_keys(prompt: str) -> list[str]:
    """The hashes that a prompt is looked up by, the most exact first."""
    stem, options = read_prompt(prompt)
    keys = [_hash("prompt", prompt)]
    if options:
        keys.append(_hash("case", stem, *_listed(options)))
    return [*keys, _hash("stem", stem)]


def _listed(options: Mapping[str, str]) -> list[str]:
    return [f"{letter}) {text}" for letter, text in options.items()]


def _hash(*parts: str) -> str:
    plain = "\x1f".join(" ".join(part.casefold().split()) for part in parts)
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()

"""The configured rows, ready for a trainer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from trainer.config import RunConfig
from trainer.data import DataError, Row, read_rows
from trainer.data.prompts import with_system_prompt
from trainer.training.errors import TrainingError

_COLUMNS = ("prompt", "item", "completion")


def training_rows(config: RunConfig) -> list[Row]:
    """Rows of the training file, limited and with the configured system prompt."""
    answered = config.stage == "cold_start"
    return _rows(config, config.data.train, config.data.train_limit, completions=answered)


def test_rows(config: RunConfig, *, completions: bool = False) -> list[Row]:
    """Rows of the test file in the same form; none when there is no test file."""
    if config.data.test is None:
        return []
    return _rows(config, config.data.test, config.data.test_limit, completions=completions)


def prompt_tokens(rows: list[Row], tokenizer: Any) -> list[int]:
    """Length of every prompt in tokens, with what the chat template adds.

    Raises TrainingError when the prompts are chats and the tokenizer has no template.
    """
    return [len(_prompt_ids(row["prompt"], tokenizer)) for row in rows]


def short_enough(config: RunConfig, rows: list[Row], tokenizer: Any) -> list[Row]:
    """The rows whose prompt keeps `data.max_prompt_tokens`. Raises DataError when none does."""
    limit = config.data.max_prompt_tokens
    if limit is None:
        return rows
    lengths = prompt_tokens(rows, tokenizer)
    kept = [row for row, length in zip(rows, lengths, strict=True) if length <= limit]
    if rows and not kept:
        raise DataError(
            f"data.max_prompt_tokens: no row keeps {limit}; the shortest prompt has {min(lengths)}"
        )
    return kept


def _rows(config: RunConfig, path: Path, limit: int | None, *, completions: bool) -> list[Row]:
    rows = read_rows(path, limit=limit, completions=completions)
    system = config.data.system_prompt
    return [
        {name: row[name] for name in _COLUMNS if name in row}
        | ({"prompt": with_system_prompt(row["prompt"], system)} if system else {})
        for row in rows
    ]


def _prompt_ids(prompt: Any, tokenizer: Any) -> list[int]:
    if isinstance(prompt, str):
        ids: list[int] = tokenizer(prompt)["input_ids"]
        return ids
    if tokenizer.chat_template is None:
        raise TrainingError(
            "the prompts are chat messages, but the model's tokenizer has no chat template; write "
            "the rows with --plain, or take an instruction-tuned model"
        )
    encoded = tokenizer.apply_chat_template(prompt, add_generation_prompt=True, return_dict=True)
    chat_ids: list[int] = encoded["input_ids"]
    return chat_ids

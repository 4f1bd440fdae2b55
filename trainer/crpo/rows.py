"""Rows of a data set, and the request items that they become.

A row has `prompt`, which the policy sees, and `item`, which the service sees: the item of /score
without completions, as JSON text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, TypeAlias

from datasets import Dataset, IterableDataset

from trainer.crpo.errors import RowError

Completion: TypeAlias = str | list[dict[str, Any]]
AnyDataset: TypeAlias = Dataset | IterableDataset
EvalDataset: TypeAlias = AnyDataset | dict[str, AnyDataset]


def check_rows(train_dataset: AnyDataset, eval_dataset: EvalDataset | None) -> None:
    """Raises RowError for rows that cannot be scored. Streams are checked when they are read."""
    named: dict[str, Any] = {"train_dataset": train_dataset}
    if isinstance(eval_dataset, dict):
        named |= {f"eval_dataset[{name!r}]": data for name, data in eval_dataset.items()}
    elif eval_dataset is not None:
        named["eval_dataset"] = eval_dataset
    for name, data in named.items():
        if not isinstance(data, Dataset):
            continue
        missing = {"prompt", "item"} - set(data.column_names)
        if missing:
            raise RowError(
                f"{name} has no column {' and '.join(sorted(missing))}; it has "
                f"{', '.join(data.column_names)}. `crpo data` writes such rows"
            )
        for index, item in enumerate(data["item"]):
            parse_item({"item": item}, f"{name}, row {index}")


def request_items(
    rows: Sequence[Mapping[str, Any]], completions: Sequence[Completion]
) -> list[dict[str, Any]]:
    """Items of the service's /score: neighbouring rollouts of one row together, order kept.

    A row has `item`, a JSON object as text; its prompt is sent along when the item has no question.
    Raises RowError.
    """
    items = []
    pairs = zip(rows, completions, strict=True)
    for _, group in groupby(pairs, key=lambda pair: (pair[0].get("item"), pair[0].get("prompt"))):
        members = list(group)
        row = members[0][0]
        item = parse_item(row)
        if "question" not in item and "prompt" not in item:
            item["prompt"] = row["prompt"]
        items.append({**item, "completions": [completion for _, completion in members]})
    return items


def parse_item(row: Mapping[str, Any], place: str = "a row of the data set") -> dict[str, Any]:
    """The scoring item of a row. `place` says in the error which row it is. Raises RowError."""
    text = row.get("item")
    if not isinstance(text, str):
        raise RowError(
            f"{place}: column `item`: expected the scoring item as JSON text, "
            f"got {type(text).__name__}; `crpo data` writes such rows"
        )
    try:
        item = json.loads(text)
    except json.JSONDecodeError as error:
        raise RowError(f"{place}: column `item` is not JSON: {error}") from error
    if not isinstance(item, dict):
        raise RowError(f"{place}: column `item`: expected a JSON object, got {type(item).__name__}")
    if "completions" in item:
        raise RowError(f"{place}: column `item` must not hold completions; the policy writes them")
    return item

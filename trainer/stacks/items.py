"""From what stacks hand to a reward function to the items of `POST /score`.

Stacks keep the right answer in a column, in a JSON string, or in a dict; options in a dict, whose
missing letters are null, or in a list. numpy arrays and scalars count as what they hold.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

Item = dict[str, Any]

FIELDS = ("question", "options", "answer", "context", "reference")
_ANSWERS = ("answer", "ground_truth", "solution", "label", "target")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def build_item(
    completion: object,
    *,
    prompt: object = None,
    label: object = None,
    columns: Mapping[str, object] | None = None,
) -> Item:
    """One item with one completion.

    Its fields come from `label`, if that is a dict or JSON of one, then from the column `item`
    (the same), then from the columns themselves; a label of another shape is the answer. The prompt
    stands in where no question is known.
    """
    fields: Item = {}
    whole = columns or {}
    for source in (_as_mapping(label), _as_mapping(whole.get("item")), whole):
        for name, value in _read_fields(source).items():
            fields.setdefault(name, value)
    if label is not None and _as_mapping(label) is None:
        fields["answer"] = _answer(_plain(label))
    if fields.get("answer") is None:
        fields.pop("answer", None)
    if "question" not in fields:
        fields["prompt"] = "" if prompt is None else _plain(prompt)
    return {**fields, "completions": [completion]}


def _as_mapping(value: object) -> Mapping[str, object] | None:
    """The value as a dict, also out of JSON; None when it is something else."""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            value = json.loads(value)
        except ValueError:
            return None
    return value if isinstance(value, Mapping) else None


def _read_fields(source: Mapping[str, object] | None) -> Item:
    if source is None:
        return {}
    nested = _as_mapping(source.get("ground_truth"))
    fields = {} if nested is None else _read_fields(nested)
    for name in ("question", "context", "reference"):
        if isinstance(source.get(name), str):
            fields[name] = source[name]
    options = _options(_plain(source.get("options", source.get("choices"))))
    if options:
        fields["options"] = options
    for name in _ANSWERS:
        value = _plain(source.get(name))
        if value is not None and not isinstance(value, Mapping) and "answer" not in fields:
            fields["answer"] = _answer(value)
    return fields


def _options(value: object) -> dict[str, str]:
    if isinstance(value, Mapping):
        return {str(k): str(v) for k, v in value.items() if v is not None}
    if isinstance(value, list) and all(isinstance(text, str) for text in value):
        return dict(zip(_LETTERS, value, strict=False))
    return {}


def _answer(value: object) -> object:
    if isinstance(value, list | tuple):
        return [str(part) for part in value]
    return value if value is None or isinstance(value, str) else str(value)


def _plain(value: object) -> Any:
    """numpy and Arrow values as Python's own."""
    to_list = getattr(value, "tolist", None)
    return to_list() if callable(to_list) else value


def group_items(items: Sequence[Item]) -> tuple[list[Item], list[tuple[int, int]]]:
    """Items with one completion each, as groups of the same question without repetitions.

    Returns the groups, and for each given item the number of its group and its place in there.
    Equal completions of a question share a place, because they get equal scores.
    """
    groups: dict[str, int] = {}
    grouped: list[Item] = []
    known: dict[tuple[int, str], int] = {}
    places: list[tuple[int, int]] = []
    for item in items:
        rest = {name: value for name, value in item.items() if name != "completions"}
        group = groups.setdefault(_key(rest), len(grouped))
        if group == len(grouped):
            grouped.append({**rest, "completions": []})
        completions = grouped[group]["completions"]
        [completion] = item["completions"]
        place = known.setdefault((group, _key(completion)), len(completions))
        if place == len(completions):
            completions.append(completion)
        places.append((group, place))
    return grouped, places


def _key(value: object) -> str:
    return json.dumps(value, sort_keys=True, default=str)

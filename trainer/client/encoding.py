"""Items as JSON, encoded once, so that retries and split requests cost no encoding.

A completion or an item that cannot be JSON (half a surrogate pair, an object of a foreign type)
fails alone; the rest of the batch is sent.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson

from trainer.client.failures import FailureCode, failure

_GZIP_LEVEL = 1
"""Fastest: text shrinks to about a third, and more effort costs more time than it saves."""


@dataclass(frozen=True, slots=True)
class EncodedItem:
    """One item: its fields without the completions, and each completion, as JSON.

    `failures` maps the number of a completion that cannot be sent to the reason.
    """

    id: str | None
    head: bytes
    completions: tuple[bytes, ...]
    failures: Mapping[int, str]

    def json(self, numbers: Sequence[int]) -> bytes:
        """The item with these of its completions."""
        completions = b",".join(self.completions[number] for number in numbers)
        rest = self.head[1:] if self.head == b"{}" else b"," + self.head[1:]
        return b'{"completions":[' + completions + b"]" + rest


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of all items of a call."""

    objectives: tuple[str, ...] | None = None
    weights: Mapping[str, float] | None = None
    explain: bool = False

    @classmethod
    def of(
        cls,
        objectives: Sequence[str] | None,
        weights: Mapping[str, float] | None,
        explain: bool,
    ) -> Question:
        """From a call's arguments. Raises TypeError for a string, which is no list of names."""
        if isinstance(objectives, str):
            raise TypeError("objectives: expected a sequence of names, got a string")
        names = None if objectives is None else tuple(objectives)
        return cls(names, None if weights is None else dict(weights), explain)

    def tail(self) -> bytes:
        """What follows the items in a body. Raises ValueError when `weights` cannot be JSON."""
        fields: dict[str, object] = {}
        if self.objectives is not None:
            fields["objectives"] = self.objectives
        if self.weights is not None:
            fields["weights"] = self.weights
        if self.explain:
            fields["explain"] = True
        try:
            encoded = orjson.dumps(fields)
        except orjson.JSONEncodeError as error:
            raise ValueError(f"objectives and weights cannot be JSON: {error}") from None
        return b"]" + (b"," + encoded[1:] if fields else b"}")


def encode_items(items: Sequence[Mapping[str, object]]) -> list[EncodedItem]:
    """Every item, in order. Raises TypeError or ValueError for one that has no completions."""
    return [_encode(number, item) for number, item in enumerate(items)]


def compress(body: bytes) -> bytes:
    """The body for `Content-Encoding: gzip`; the same bytes for the same body."""
    return gzip.compress(body, compresslevel=_GZIP_LEVEL, mtime=0)


def _encode(number: int, item: Mapping[str, object]) -> EncodedItem:
    if not isinstance(item, Mapping):
        raise TypeError(f"items[{number}]: expected a mapping, got {type(item).__name__}")
    completions = item.get("completions")
    if not isinstance(completions, Sequence) or isinstance(completions, str | bytes):
        got = "nothing" if completions is None else type(completions).__name__
        raise TypeError(f"items[{number}].completions: expected a list, got {got}")
    if not completions:
        raise ValueError(f"items[{number}].completions: expected at least one, got none")
    encoded: list[bytes] = []
    failures: dict[int, str] = {}
    for n, completion in enumerate(completions):
        try:
            encoded.append(orjson.dumps(completion))
        except orjson.JSONEncodeError as error:
            encoded.append(b"null")
            failures[n] = failure(FailureCode.NOT_JSON, str(error))
    fields = {name: value for name, value in item.items() if name != "completions"}
    try:
        head = orjson.dumps(fields)
    except orjson.JSONEncodeError as error:
        head = b"{}"
        failures = dict.fromkeys(
            range(len(completions)), failure(FailureCode.NOT_JSON, f"the item: {error}")
        )
    item_id = item.get("id")
    return EncodedItem(
        item_id if isinstance(item_id, str) else None, head, tuple(encoded), failures
    )

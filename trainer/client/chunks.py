"""Chunks: which completions travel in which request, within the service's limits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from trainer.client.encoding import EncodedItem, Question
from trainer.client.options import Batching
from trainer.client.wire import Limits

_HEAD = b'{"items":['
_FIELD_OF_ITEM = re.compile(r"items\[(\d{1,9})\](?:\.completions\[(\d{1,9})\])?")


@dataclass(frozen=True, slots=True)
class Part:
    """Some completions of one item: the item's position in the call, and the completions' in it."""

    item: int
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Chunk:
    """What one request carries."""

    parts: tuple[Part, ...]

    @property
    def completions(self) -> int:
        return sum(len(part.numbers) for part in self.parts)

    def places(self) -> Iterator[tuple[int, int]]:
        """(item, completion) of everything in it."""
        return ((part.item, number) for part in self.parts for number in part.numbers)

    def body(self, items: Sequence[EncodedItem], question: Question) -> bytes:
        """The request's body as JSON."""
        parts = b",".join(items[part.item].json(part.numbers) for part in self.parts)
        return _HEAD + parts + question.tail()

    def halves(self) -> tuple[Chunk, Chunk]:
        """The same completions as two chunks; an item is cut only where it stands alone.

        Raises ValueError for a single completion.
        """
        if self.completions < 2:
            raise ValueError("a single completion cannot be split")
        if len(self.parts) > 1:
            middle = len(self.parts) // 2
            return Chunk(self.parts[:middle]), Chunk(self.parts[middle:])
        (part,) = self.parts
        middle = len(part.numbers) // 2
        first, second = part.numbers[:middle], part.numbers[middle:]
        return Chunk((Part(part.item, first),)), Chunk((Part(part.item, second),))

    def without(self, places: Iterable[tuple[int, int]]) -> Chunk | None:
        """The rest; None when nothing is left."""
        gone = set(places)
        rest = (
            Part(part.item, tuple(n for n in part.numbers if (part.item, n) not in gone))
            for part in self.parts
        )
        kept = tuple(part for part in rest if part.numbers)
        return Chunk(kept) if kept else None

    def blamed(self, paths: Iterable[tuple[str, str]]) -> dict[tuple[int, int], str] | None:
        """What the service found wrong, by (item, completion), from its (field, message) pairs.

        A field of an item blames all its completions in this chunk. None when a field is not one of
        an item of this chunk: then the fault is the request's.
        """
        found: dict[tuple[int, int], str] = {}
        for path, message in paths:
            match = _FIELD_OF_ITEM.match(path)
            if match is None or int(match[1]) >= len(self.parts):
                return None
            part = self.parts[int(match[1])]
            numbers: Sequence[int] = part.numbers
            if match[2] is not None:
                if int(match[2]) >= len(numbers):
                    return None
                numbers = (numbers[int(match[2])],)
            # Positions are those of this request, which the caller does not know.
            field = path[match.end() :].lstrip(".")
            words = f"{field}: {message}" if field else message
            for number in numbers:
                found.setdefault((part.item, number), words)
        return found or None


@dataclass(frozen=True, slots=True)
class Plan:
    """The chunks of a call, and what cannot be sent: (item, completion) → size in bytes."""

    chunks: tuple[Chunk, ...]
    too_large: Mapping[tuple[int, int], int]


def plan_chunks(
    items: Sequence[EncodedItem],
    question: Question,
    *,
    limits: Limits,
    batching: Batching,
    max_connections: int,
) -> Plan:
    """Cut a call into chunks, in order. What has failed already is left out.

    An item's completions stay together as long as they fit. Over all connections no more items are
    under way than the service queues.
    """
    most_items = max(1, min(limits.items, limits.queue_items // max_connections))
    most_completions = min(limits.completions, batching.completions)
    fixed = len(_HEAD) + len(question.tail())
    chunks: list[Chunk] = []
    too_large: dict[tuple[int, int], int] = {}
    parts: list[Part] = []
    used, count = fixed, 0

    def flush() -> None:
        nonlocal used, count
        if parts:
            chunks.append(Chunk(tuple(parts)))
            parts.clear()
        used, count = fixed, 0

    for index, item in enumerate(items):
        empty = len(item.json(())) + 1
        for numbers in _runs(item, most_completions, limits.body_bytes - fixed - empty):
            size = empty + sum(len(item.completions[n]) + 1 for n in numbers)
            if fixed + size > limits.body_bytes:  # a run of one
                too_large[index, numbers[0]] = fixed + size
                continue
            full = len(parts) == most_items or count + len(numbers) > most_completions
            if full or used + size > limits.body_bytes:
                flush()
            parts.append(Part(index, numbers))
            used += size
            count += len(numbers)
    flush()
    return Plan(tuple(chunks), too_large)


def _runs(item: EncodedItem, most: int, room: int) -> Iterator[tuple[int, ...]]:
    """An item's completions in runs of at most `most` and `room` bytes, but at least one."""
    run: list[int] = []
    used = 0
    for number, completion in enumerate(item.completions):
        if number in item.failures:
            continue
        size = len(completion) + 1
        if run and (len(run) == most or used + size > room):
            yield tuple(run)
            run, used = [], 0
        run.append(number)
        used += size
    if run:
        yield tuple(run)

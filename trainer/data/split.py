"""Questions dealt out to parts by a seed, whatever their order in the file."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from trainer.data.errors import DataError
from trainer.data.questions import Question, identity


def deal(
    questions: Sequence[Question], sizes: Mapping[str, int | None], *, seed: int
) -> dict[str, tuple[Question, ...]]:
    """Disjoint parts of the given sizes, in that order; None takes all that is left.

    A question's place depends on the seed and on its own words only, so the same question lands in
    the same order on every machine and in every order of the file. Raises DataError when there are
    too few.
    """
    dealt = sorted(questions, key=lambda question: _rank(question, seed))
    wanted = sum(size for size in sizes.values() if size is not None)
    if wanted > len(dealt):
        asked = " + ".join(f"{size} for {part}" for part, size in sizes.items() if size)
        raise DataError(f"{len(dealt)} questions are left after cleaning, {asked} were asked for")
    parts = {}
    start = 0
    for part, size in sizes.items():
        end = len(dealt) if size is None else start + size
        parts[part] = tuple(dealt[start:end])
        start = end
    return parts


def _rank(question: Question, seed: int) -> tuple[bytes, str]:
    text = f"{seed}\n{identity(question)}".encode()
    return hashlib.sha256(text).digest(), question.id

"""What a disease or organism is a kind of: myocardial infarction a heart disease.

From `data/kinds.tsv`, which the vocabulary's build writes.
"""

from __future__ import annotations

from functools import cache

from reward_service.vocabulary.vocabulary import DEFAULT_PATH
from reward_service.wire.errors import PipelineError

KINDS_PATH = DEFAULT_PATH.with_name("kinds.tsv")


@cache
def broader(concept: str) -> frozenset[str]:
    """Every concept that `concept` is a kind of, not itself; empty where nothing is known.

    Raises PipelineError if the table is missing.
    """
    above = _table().get(concept, ())
    return frozenset(above).union(*(broader(parent) for parent in above))


@cache
def _table() -> dict[str, tuple[str, ...]]:
    try:
        lines = KINDS_PATH.read_text(encoding="utf-8").splitlines()[1:]
    except OSError as error:
        raise PipelineError(f"{KINDS_PATH} cannot be read: {error.strerror}") from error
    rows = (line.partition("\t") for line in lines)
    return {concept: tuple(parents.split(" ")) for concept, _, parents in rows}

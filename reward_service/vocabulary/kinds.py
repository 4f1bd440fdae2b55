"""What a disease or organism is a kind of: myocardial infarction a heart disease.

From `data/kinds.tsv`, which the vocabulary's build writes.
"""

from __future__ import annotations

from functools import cache, lru_cache

from reward_service.vocabulary.vocabulary import DEFAULT_PATH
from reward_service.wire.errors import PipelineError

KINDS_PATH = DEFAULT_PATH.with_name("kinds.tsv")


@lru_cache(maxsize=4096)
def broader(concept: str) -> frozenset[str]:
    """Every concept that `concept` is a kind of, not itself; empty where nothing is known.

    MeSH's trees hold a circle (strabismus and ocular motility disorders stand above each other);
    it is gone through once. Raises PipelineError if the table is missing.
    """
    table = _table()
    found: set[str] = set()
    waiting = [concept]
    while waiting:
        above = table.get(waiting.pop(), ())
        waiting += [parent for parent in above if parent not in found]
        found.update(above)
    return frozenset(found - {concept})


@cache
def _table() -> dict[str, tuple[str, ...]]:
    try:
        lines = KINDS_PATH.read_text(encoding="utf-8").splitlines()[1:]
    except OSError as error:
        raise PipelineError(f"{KINDS_PATH} cannot be read: {error.strerror}") from error
    rows = (line.partition("\t") for line in lines)
    return {concept: tuple(parents.split(" ")) for concept, _, parents in rows}

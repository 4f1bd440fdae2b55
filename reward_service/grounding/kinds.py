"""What is a kind of what: who has epigastric pain has abdominal pain.

A case says "epigastric pain", a completion "her belly hurts". Neither term names the other, and the
claim follows all the same. `kinds.tsv` lists general concepts with their kinds; what is used for
each other ("fainted", "lost consciousness") stands in both directions. One step is taken, no more.
"""

from __future__ import annotations

from collections.abc import Callable

from reward_service.text.document import Polarity
from reward_service.text.tables import table_rows

_NONE: tuple[str, ...] = ()


class Kinds:
    """The table with its names looked up. Holds no state.

    Raises ValueError if a row holds a name that `lookup` does not know.
    """

    def __init__(self, lookup: Callable[[str], str | None]) -> None:
        upward: dict[str, list[str]] = {}
        downward: dict[str, list[str]] = {}
        for row in read_kinds():
            general, *kinds = (lookup(name) for name in row)
            if general is None or None in kinds:
                raise ValueError(f"kinds.tsv: a name of {row!r} is no term of the vocabulary")
            for kind in kinds:
                assert kind is not None
                upward.setdefault(kind, []).append(general)
                downward.setdefault(general, []).append(kind)
        self._upward = {concept: tuple(found) for concept, found in upward.items()}
        self._downward = {concept: tuple(found) for concept, found in downward.items()}

    def follow(self, concept: str, polarity: Polarity) -> tuple[str, ...]:
        """The concepts that are there too where `concept` is, or absent too where it is absent."""
        table = self._downward if polarity is Polarity.ABSENT else self._upward
        return table.get(concept, _NONE)


def read_kinds() -> list[list[str]]:
    """The names of each row of `kinds.tsv`, the general one first."""
    rows = table_rows("reward_service.grounding", "kinds.tsv")
    return [[general, *kinds.split("|")] for general, kinds in rows]

"""What each disease and organism is a kind of, by MeSH's trees.

MeSH orders drugs by their chemistry (metoprolol under alcohols), so drugs are left out, and its
tree of pathological conditions (C23) holds symptoms and processes side by side.
"""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path

from reward_service.vocabulary.compiler.mesh import read_trees

_TREES = ("B", "C", "F03")
_SKIPPED = ("C22", "C23")


def read_kinds(wheels: Path, known: Container[str]) -> dict[str, list[str]]:
    """Concept → the concepts right above it, both of them `known`, all sorted by id.

    A descriptor that is not known is passed over: what is below it is a kind of what is above it.
    """
    trees = {
        number: identifier
        for identifier, numbers in read_trees(wheels)
        for number in numbers
        if number.startswith(_TREES) and not number.startswith(_SKIPPED)
    }
    broader: dict[str, set[str]] = {}
    for number, identifier in trees.items():
        above = number
        while identifier in known and "." in above:
            above = above.rpartition(".")[0]
            parent = trees.get(above)
            if parent in known and parent is not None:
                broader.setdefault(identifier, set()).add(parent)
                break
    return {identifier: sorted(parents) for identifier, parents in sorted(broader.items())}


def format_kinds(kinds: dict[str, list[str]]) -> str:
    """One row a concept: its id, and the ids above it with spaces between."""
    rows = [f"{identifier}\t{' '.join(parents)}\n" for identifier, parents in kinds.items()]
    return "".join(["concept\tbroader\n", *rows])

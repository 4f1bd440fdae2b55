"""How many typing errors lie between two words."""

from __future__ import annotations


def edit_distance(a: str, b: str, limit: int) -> int:
    """Insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`.

    Counting stops beyond `limit`: any larger distance is given as `limit + 1`.

    >>> edit_distance("pnuemonia", "pneumonia", 2)
    1
    """
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    older: list[int] = []
    previous = list(range(len(b) + 1))
    for i, letter in enumerate(a, start=1):
        row = [i]
        for j, other in enumerate(b, start=1):
            cost = previous[j - 1] + (letter != other)
            cost = min(cost, previous[j] + 1, row[j - 1] + 1)
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
        older, previous = previous, row
    return min(previous[-1], limit + 1)

"""Surfaces with alternatives: "{lost,losing} {his} voice" stands for ten of them.

Alternatives stand in braces, with commas; one of them may be empty. "{his}" is short for the words
that name whose it is. Braces do not nest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product

_GROUP = re.compile(r"\{([^{}]*)\}")
_SHORT = {"his": "his,her,their,the,my", "he": "he,she,they,I"}


def expand(pattern: str, short: Mapping[str, str] = _SHORT) -> Iterator[str]:
    """Every surface that `pattern` stands for, in a fixed order.

    `short` maps the whole content of a brace to the alternatives that it is short for. Raises
    ValueError where a brace has no partner.

    >>> list(expand("sore {knee,knees}"))
    ['sore knee', 'sore knees']
    """
    pieces = _GROUP.split(pattern)  # literal, alternatives, literal …
    if any(brace in literal for literal in pieces[::2] for brace in "{}"):
        raise ValueError(f"unbalanced braces: {pattern!r}")
    choices = [
        short.get(piece, piece).split(",") if number % 2 else [piece]
        for number, piece in enumerate(pieces)
    ]
    for chosen in product(*choices):
        yield " ".join("".join(chosen).split())

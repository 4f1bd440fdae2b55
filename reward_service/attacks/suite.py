"""All attacks, by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reward_service.attacks import families as _families  # registers them
from reward_service.attacks.errors import AttackError
from reward_service.attacks.registry import Attack, registered

assert _families.__all__, "a suite without attacks"


def attacks() -> Mapping[str, Attack]:
    """Every attack: the families in alphabetical order, each in the order of its file."""
    return registered()


def chosen(names: Sequence[str] | None) -> tuple[str, ...]:
    """The names of the attacks to run, in the suite's order; all of them for None.

    Raises AttackError for a name that is unknown.
    """
    known = attacks()
    if names is None:
        return tuple(known)
    for name in names:
        if name not in known:
            raise AttackError(f"there is no attack named {name!r}; known: {', '.join(known)}")
    return tuple(name for name in known if name in names)

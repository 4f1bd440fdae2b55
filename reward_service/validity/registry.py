"""All validity tests, in the order of the table.

A new test is a `Test` in the `TESTS` of its module, and the module's name here.
"""

from __future__ import annotations

from reward_service.validity import (
    doctors,
    experts,
    findings,
    lengths,
    mistakes,
    outcomes,
    polarity,
    rejections,
    resolution,
)
from reward_service.validity.base import Test
from reward_service.validity.errors import ValidityError
from reward_service.validity.perturbations import rows as perturbations

_MODULES = (
    findings,
    polarity,
    perturbations,
    doctors,
    rejections,
    experts,
    mistakes,
    outcomes,
    lengths,
    resolution,
)


def registered() -> tuple[Test, ...]:
    """Every registered test. Names are unique."""
    return tuple(test for module in _MODULES for test in module.TESTS)


def named(names: tuple[str, ...] | None) -> tuple[Test, ...]:
    """The tests of these names in the order of the table; all of them for None.

    Raises ValidityError for a name that no test has.
    """
    known = {test.name: test for test in registered()}
    if names is None:
        return tuple(known.values())
    for name in names:
        if name not in known:
            raise ValidityError(f"there is no test named {name!r}; known: {', '.join(known)}")
    return tuple(test for name, test in known.items() if name in names)

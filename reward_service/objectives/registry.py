"""The objectives that a scorer judges, by name.

A new objective is a file with a frozen config and a pure `judge`, and one `register` call here.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from reward_service.objectives.accuracy import Accuracy
from reward_service.objectives.base import Objective
from reward_service.objectives.coverage import Coverage
from reward_service.objectives.faithfulness import Faithfulness
from reward_service.objectives.structure import Structure

__all__ = ["Objective", "objectives", "register"]

_registered: dict[str, Objective] = {}


def register(objective: Objective) -> None:
    """Add an objective. Raises ValueError for a name or metric that is taken, or is no name."""
    name = objective.name
    if not name.isidentifier():
        raise ValueError(f"objective name {name!r}: expected letters, digits and '_'")
    if name in _registered:
        raise ValueError(f"an objective named {name!r} is registered already")
    if not objective.default_weight >= 0:
        raise ValueError(f"objective {name!r}: expected a default weight >= 0")
    for other in _registered.values():
        if shared := sorted(other.metrics.keys() & objective.metrics.keys()):
            raise ValueError(f"objective {name!r}: {other.name!r} reports {shared[0]!r} already")
    _registered[name] = objective


def objectives() -> Mapping[str, Objective]:
    """The registered objectives, in the order of registration (the order in every answer)."""
    return MappingProxyType(_registered)


register(Accuracy())
register(Structure())
register(Faithfulness())
register(Coverage())

"""A closed clinical world, made at run time from HPO's disease annotations.

`build_world` chooses diseases and findings, `sample_cases` draws cases, `write_world` writes the
files that training reads. See docs/world.md.
"""

from trainer.world.build import World, WorldConfig, build_world
from trainer.world.cases import Case, sample_cases
from trainer.world.reasoning import COLD_START, PERFECT, Imperfection, write_reasoning
from trainer.world.writing import write_world

__all__ = [
    "COLD_START",
    "PERFECT",
    "Case",
    "Imperfection",
    "World",
    "WorldConfig",
    "build_world",
    "sample_cases",
    "write_reasoning",
    "write_world",
]

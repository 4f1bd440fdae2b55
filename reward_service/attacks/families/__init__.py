"""The attacks, one file a family. Importing this package registers them all."""

from __future__ import annotations

from reward_service.attacks.families import (
    additions,
    answers,
    copying,
    disguise,
    empty,
    length,
    listing,
    options,
)

__all__ = [
    "additions",
    "answers",
    "copying",
    "disguise",
    "empty",
    "length",
    "listing",
    "options",
]

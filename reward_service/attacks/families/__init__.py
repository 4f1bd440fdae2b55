"""The attacks, one file a family. Importing this package registers them all."""

from __future__ import annotations

from reward_service.attacks.families import (
    additions,
    another_hand,
    another_hand_layout,
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
    "another_hand",
    "another_hand_layout",
    "answers",
    "copying",
    "disguise",
    "empty",
    "length",
    "listing",
    "options",
]

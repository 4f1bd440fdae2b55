"""Sources: one file for each layout of rows that other programs write.

A row's source is found by its columns, each row for itself, so a folder may mix them. A new source
is a new file here and one name in `SOURCES`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reward_service.files.sources.base import COMPLETION_COLUMNS, Source
from reward_service.files.sources.inspect_ai import INSPECT_AI
from reward_service.files.sources.lighteval import LIGHTEVAL
from reward_service.files.sources.lm_eval import LM_EVAL
from reward_service.files.sources.plain import PLAIN
from reward_service.files.sources.rollout_dump import ROLLOUT_DUMP
from reward_service.files.sources.trl import TRL

__all__ = ["COMPLETION_COLUMNS", "SOURCES", "SOURCE_COLUMNS", "Source", "source_of"]

# Looked at in this order; the last one takes what is left.
SOURCES = {
    source.name: source for source in (LM_EVAL, LIGHTEVAL, INSPECT_AI, TRL, ROLLOUT_DUMP, PLAIN)
}
SOURCE_COLUMNS = frozenset(name for source in SOURCES.values() for name in source.columns)


def source_of(row: Mapping[str, Any]) -> Source:
    """The first source whose rows look like this one."""
    return next(source for source in SOURCES.values() if source.matches(row))

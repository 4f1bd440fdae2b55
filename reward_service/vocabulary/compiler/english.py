"""Common English words, most frequent first."""

from __future__ import annotations

import gzip
from pathlib import Path

from srsly import msgpack_loads  # type: ignore[import-untyped]

from reward_service.vocabulary.compiler.wheels import read_member

_MEMBER = "wordfreq/data/small_en.msgpack.gz"


def read_english(wheels: Path) -> list[str]:
    """About 29,000 words of letters only, from the most to the least frequent."""
    packed = gzip.decompress(read_member(wheels, "wordfreq", _MEMBER))
    header, *buckets = msgpack_loads(packed)
    if header != {"format": "cB", "version": 1}:
        raise ValueError(f"unknown word list format {header}")
    return [word for bucket in buckets for word in sorted(bucket) if word.isalpha()]

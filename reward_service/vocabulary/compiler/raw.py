"""What every source is read into before terms are cleaned and concepts merged."""

from __future__ import annotations

from dataclasses import dataclass, field

from reward_service.text.document import SemanticType


@dataclass(slots=True)
class RawConcept:
    """One concept of one source.

    `id` carries its namespace ("MESH:D009203"); `xrefs` are ids of the same form in other
    vocabularies ("UMLS:C0027051" too, which only serves to join). `measured`: a molecule that tests
    measure, and a drug only if a source of drugs has it too.
    """

    id: str
    source: str
    name: str
    type: SemanticType
    synonyms: list[str] = field(default_factory=list)
    xrefs: list[str] = field(default_factory=list)
    measured: bool = False


# Order of authority: which source wins a term that two concepts claim with equal right.
SOURCES = ("tables", "MeSH", "HPO", "MONDO", "DOID", "drugs")

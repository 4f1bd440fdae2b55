"""Drug names and brands, from a pickled dictionary that is read without running code."""

from __future__ import annotations

import bz2
import io
import pickle
from pathlib import Path
from typing import Any

from reward_service.text.document import SemanticType
from reward_service.vocabulary.compiler.raw import RawConcept
from reward_service.vocabulary.compiler.wheels import read_member

_MEMBER = "drug_named_entity_recognition/drug_ner_dictionary.pkl.bz2"


class _PlainUnpickler(pickle.Unpickler):
    """Reads containers, strings and numbers; any reference to a class or function is refused."""

    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"the drug dictionary refers to {module}.{name}")


def read_drugs(wheels: Path) -> list[RawConcept]:
    """Drugs with their brands and variants, by name."""
    packed = bz2.decompress(read_member(wheels, "drug-named-entity-recognition", _MEMBER))
    data = _PlainUnpickler(io.BytesIO(packed)).load()
    variants: dict[str, list[str]] = {}
    for variant, canonicals in data["drug_variant_to_canonical"].items():
        if len(canonicals) == 1:  # a name of several drugs names none of them
            variants.setdefault(canonicals[0], []).append(variant)
    concepts: list[RawConcept] = []
    for canonical in sorted(data["drug_canonical_to_data"]):
        drug = data["drug_canonical_to_data"][canonical]
        if not drug.keys() & {"drugbank_id", "medline_plus_id", "nhs_url"}:
            continue  # copied from MeSH, which is read itself
        identifier = f"DRUGBANK:{drug['drugbank_id']}" if drug.get("drugbank_id") else None
        xrefs = [f"MESH:{drug['mesh_id']}"] if drug.get("mesh_id") else []
        concepts.append(
            RawConcept(
                identifier or f"DRUG:{canonical.replace(' ', '-')}",
                "drugs",
                drug.get("name") or canonical,
                SemanticType.DRUG,
                [canonical, *sorted(variants.get(canonical, []))],
                xrefs,
            )
        )
    return concepts

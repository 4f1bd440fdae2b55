"""Raw concepts and tables → one vocabulary in which every term names exactly one concept.

A term that several concepts claim goes to the claim that ranks first: hand-written table, then
preferred name, then synonym, then spelling variant or short species name; within a rank to the
source named first in `SOURCES`, then to the smaller id. Short forms in capitals that two concepts
claim with the same rank and source go to neither.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from reward_service.text.document import SemanticType
from reward_service.text.tokenizer import Tokenizer
from reward_service.vocabulary.artifact import Content
from reward_service.vocabulary.compiler.merge import merge
from reward_service.vocabulary.compiler.raw import SOURCES, RawConcept
from reward_service.vocabulary.compiler.tables import Alias, Tables
from reward_service.vocabulary.compiler.terms import Term, TermCleaner, short_binomial

_NAME, _SYNONYM, _VARIANT = 1, 2, 3
# This many of the most frequent English words are common.
_COMMON_WORDS = 12_000
_MIN_SHORT_FORM = 4
_SHORT_WORD = 4


@dataclass(slots=True)
class Group:
    """Concepts of several sources that are one; `type` and `name` are the first source's."""

    id: str
    name: str
    type: SemanticType
    sources: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Draft:
    """The vocabulary while it is being compiled. Values are (group, absent)."""

    groups: list[Group]
    terms: dict[str, tuple[int, bool]]
    cased: dict[str, tuple[str, int]]  # surface → (norm, group)
    name_norms: dict[int, str]  # group → its preferred name, normalised


def _type_of(members: list[RawConcept]) -> SemanticType:
    if members[0].source == "MeSH":
        given = any(c.source == "drugs" for c in members)
        return SemanticType.PROCEDURE if members[0].measured and not given else members[0].type
    return next((c.type for c in members if c.source in ("MONDO", "DOID")), members[0].type)


def _is_loose(term: Term, source: str, rank: int, common: frozenset[str]) -> bool:
    """Whether a single word is too doubtful to take from this source.

    That is a common English word (brands such as "Always", loose synonyms) or an abbreviation in
    small letters ("psa"), unless MeSH has it or HPO prefers it.
    """
    if term.surface or " " in term.norm or source == "MeSH" or (source, rank) == ("HPO", _NAME):
        return False
    return term.norm in common or (rank != _NAME and len(term.norm) <= _SHORT_WORD)


class _Claims:
    """Who claims which term, and with what right."""

    def __init__(self) -> None:
        self.plain: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
        self.cased: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
        self.norm_of: dict[str, str] = {}

    def add(self, term: Term, rank: int, source: int, group: int) -> None:
        claim = (rank, source, group)
        if term.surface:
            self.cased[term.surface].append(claim)
            self.norm_of[term.surface] = term.norm
        else:
            self.plain[term.norm].append(claim)


def _resolve(
    concepts: list[RawConcept],
    cleaned: list[list[tuple[Term, int]]],
    members: list[list[int]],
    common: frozenset[str],
) -> Draft:
    claims = _Claims()
    groups: list[Group] = []
    name_norms: dict[int, str] = {}
    for number, indices in enumerate(members):
        ordered = sorted(indices, key=lambda i: SOURCES.index(concepts[i].source))
        first = concepts[ordered[0]]
        raws = [concepts[i] for i in ordered]
        groups.append(Group(first.id, first.name, _type_of(raws), [c.source for c in raws]))
        for i in ordered:
            source = concepts[i].source
            for term, rank in cleaned[i]:
                if rank == _NAME and not term.surface:
                    name_norms.setdefault(number, term.norm)
                if not _is_loose(term, source, rank, common):
                    claims.add(term, rank, SOURCES.index(source), number)
    terms = {t: (min(c)[2], False) for t, c in claims.plain.items()}
    cased: dict[str, tuple[str, int]] = {}
    for surface, found in claims.cased.items():
        best = min(found)
        if len({group for rank, source, group in found if (rank, source) == best[:2]}) == 1:
            cased[surface] = (claims.norm_of[surface], best[2])
    return Draft(groups, terms, cased, name_norms)


def _clean(cleaner: TermCleaner, concept: RawConcept) -> list[tuple[Term, int]]:
    found: dict[Term, int] = {}
    texts = [concept.name, *concept.synonyms]
    for number, text in enumerate(texts):
        term = cleaner.clean(text, min_short_form=_MIN_SHORT_FORM)
        if term is None:
            continue
        found.setdefault(term, _SYNONYM if number else _NAME)
        if not term.surface:
            for variant in cleaner.variants(text):
                found.setdefault(Term(variant), _VARIANT)
        if concept.type is SemanticType.ORGANISM:
            short = cleaner.norm(short_binomial(text))
            if short:
                found.setdefault(Term(short), _VARIANT)
    return list(found.items())


def _deny(draft: Draft, tables: Tables, cleaner: TermCleaner) -> None:
    unknown = [text for text in tables.denied_concepts if cleaner.norm(text) not in draft.terms]
    if unknown:
        raise ValueError(f"deny.tsv: these name no concept: {'; '.join(unknown)}")
    groups = [draft.terms[cleaner.norm(text)][0] for text in tables.denied_concepts]
    for group in groups:
        for term in [t for t, value in draft.terms.items() if value[0] == group]:
            del draft.terms[term]
        for surface in [s for s, value in draft.cased.items() if value[1] == group]:
            del draft.cased[surface]
    for text in tables.denied_terms:
        draft.terms.pop(cleaner.norm(text), None)
        draft.cased.pop(text, None)


def _assign(draft: Draft, term: str, group: int) -> None:
    """Let `term` name `group`. A concept whose preferred name it was is absorbed by `group`."""
    old = draft.terms.get(term)
    draft.terms[term] = (group, False)
    if old is None or old[0] == group or draft.name_norms.get(old[0]) != term:
        return
    for other, value in draft.terms.items():
        if value[0] == old[0]:
            draft.terms[other] = (group, False)
    for surface, (norm, owner) in draft.cased.items():
        if owner == old[0]:
            draft.cased[surface] = (norm, group)


def _add_findings(draft: Draft, tables: Tables, cleaner: TermCleaner) -> None:
    for finding in tables.findings:
        norm = cleaner.norm(finding.name)
        if not norm:
            raise ValueError(f"findings.tsv: '{finding.name}' is no term")
        if norm not in draft.terms:
            slug = norm.replace(" ", "-")
            draft.groups.append(Group(f"LOCAL:{slug}", finding.name, finding.type, ["tables"]))
            draft.terms[norm] = (len(draft.groups) - 1, False)
        group = draft.terms[norm][0]
        draft.groups[group].type = finding.type
        draft.name_norms[group] = norm
    for finding in tables.findings:
        group = draft.terms[cleaner.norm(finding.name)][0]
        for text in finding.synonyms:
            term = cleaner.table_term(text)
            if term is None:
                raise ValueError(f"findings.tsv: '{text}' is no term")
            if term.surface:
                draft.cased[term.surface] = (term.norm, group)
                continue
            _assign(draft, term.norm, group)
            for variant in cleaner.variants(text):
                draft.terms.setdefault(variant, (group, False))


def _add_aliases(draft: Draft, aliases: list[Alias], cleaner: TermCleaner) -> None:
    targets = dict(draft.terms)
    unresolved = [
        f"{alias.surface} → {alias.target}"
        for alias in aliases
        if cleaner.norm(alias.target) not in targets or not cleaner.norm(alias.surface)
    ]
    if unresolved:
        raise ValueError(f"tables: these rows resolve to nothing: {'; '.join(unresolved)}")
    for alias in aliases:
        # A target may have been absorbed by a row before: its term says where it went.
        group = draft.terms[cleaner.norm(alias.target)][0]
        norm = cleaner.norm(alias.surface)
        if alias.cased:
            draft.cased[alias.surface] = (norm, group)
            continue
        if alias.yields:
            draft.terms.setdefault(norm, (group, alias.absent))
            continue
        if alias.absent:
            draft.terms[norm] = (group, True)
        else:
            _assign(draft, norm, group)
        for variant in cleaner.variants(alias.surface):
            draft.terms.setdefault(variant, (group, alias.absent))


def _add_plurals(draft: Draft, cleaner: TermCleaner) -> None:
    """Plurals of short forms that keep their s when normalised ("MIs", "PEs").

    Of the other plurals ("DVTs") the matcher strips the s itself.
    """
    for surface, (norm, group) in list(draft.cased.items()):
        plural = cleaner.norm(surface + "s")
        if surface.isalpha() and plural != norm and not surface.endswith(("s", "S")):
            draft.cased[surface + "s"] = (plural, group)


def compile_vocabulary(
    concepts: list[RawConcept], tables: Tables, english: list[str]
) -> tuple[Content, dict[str, int]]:
    """The vocabulary's content and the counts of what was read, merged and refused.

    Raises ValueError when a table names a target that nothing resolves.
    """
    cleaner = TermCleaner(Tokenizer())
    common = frozenset(cleaner.norm(word) for word in english[:_COMMON_WORDS])
    cleaned = [_clean(cleaner, concept) for concept in concepts]
    names = [next((t.norm for t, rank in terms if rank == _NAME), "") for terms in cleaned]
    norms = [frozenset(t.norm for t, _ in terms) for terms in cleaned]
    members, refused = merge(concepts, names, norms)
    draft = _resolve(concepts, cleaned, members, common)
    _deny(draft, tables, cleaner)
    _add_findings(draft, tables, cleaner)
    _add_aliases(draft, tables.aliases, cleaner)
    _add_plurals(draft, cleaner)
    counts = Counter(c.source for c in concepts)
    stats = {f"read_{name}": counts[name] for name in SOURCES if counts[name]}
    stats |= {"merged_away": len(concepts) - len(members), "joins_refused": refused}
    words = sorted({norm for word in english if (norm := cleaner.norm(word))})
    return _content(draft, words), stats


def _content(draft: Draft, words: list[str]) -> Content:
    used = sorted({g for g, _ in draft.terms.values()} | {g for _, g in draft.cased.values()})
    used.sort(key=lambda g: draft.groups[g].id)
    position = {g: i for i, g in enumerate(used)}
    kept = [draft.groups[g] for g in used]
    return Content(
        ids=[g.id for g in kept],
        names=[g.name for g in kept],
        types=[g.type.value for g in kept],
        sources=["+".join(g.sources) for g in kept],
        terms=sorted(t for t, (_, absent) in draft.terms.items() if not absent),
        term_concepts=[position[g] for _, (g, absent) in sorted(draft.terms.items()) if not absent],
        absent_terms={t: position[g] for t, (g, absent) in sorted(draft.terms.items()) if absent},
        cased={s: (norm, position[g]) for s, (norm, g) in sorted(draft.cased.items())},
        words=words,
    )

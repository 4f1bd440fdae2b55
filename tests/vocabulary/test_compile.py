"""The compiler's rules on hand-made sources: merging, priority, denial, tables."""

from __future__ import annotations

import pytest

from reward_service.text.document import SemanticType
from reward_service.vocabulary.artifact import Content
from reward_service.vocabulary.compiler.compile import compile_vocabulary
from reward_service.vocabulary.compiler.raw import RawConcept
from reward_service.vocabulary.compiler.tables import Alias, Finding, Tables

_PREFIXES = {"MeSH": "MESH", "HPO": "HP", "MONDO": "MONDO", "DOID": "DOID", "drugs": "DRUG"}


def _concept(
    source: str,
    number: int,
    name: str,
    *synonyms: str,
    xrefs: tuple[str, ...] = (),
    kind: SemanticType = SemanticType.DISEASE,
) -> RawConcept:
    return RawConcept(
        f"{_PREFIXES[source]}:{number}", source, name, kind, list(synonyms), list(xrefs)
    )


def _compile(
    concepts: list[RawConcept],
    *,
    findings: tuple[Finding, ...] = (),
    aliases: tuple[Alias, ...] = (),
    terms: tuple[str, ...] = (),
    denied: tuple[str, ...] = (),
    english: tuple[str, ...] = (),
) -> Content:
    tables = Tables(list(findings), list(aliases), list(terms), list(denied))
    return compile_vocabulary(concepts, tables, list(english))[0]


def _owner(content: Content, term: str) -> str | None:
    if term not in content.terms:
        return None
    return content.ids[content.term_concepts[content.terms.index(term)]]


def test_mutual_names_merge() -> None:
    content = _compile(
        [
            _concept("MeSH", 1, "Grumbling Fever", "Fever of Grumbling"),
            _concept("MONDO", 2, "fever of grumbling", "grumbling fever", "bog fever"),
        ]
    )
    assert content.ids == ["MESH:1"]
    assert content.sources == ["MeSH+MONDO"]
    assert _owner(content, "bog fever") == "MESH:1"


def test_one_sided_names_do_not_merge_and_the_preferred_name_wins() -> None:
    content = _compile(
        [
            _concept("MeSH", 1, "Stiff Muscle", "Stiff Neck Muscle"),
            _concept("HPO", 2, "Stiff neck muscle", kind=SemanticType.FINDING),
        ]
    )
    assert content.ids == ["HP:2", "MESH:1"]
    assert _owner(content, "stiff neck muscle") == "HP:2"


def test_one_to_one_cross_references_merge_and_others_do_not() -> None:
    concepts = [
        _concept("MeSH", 1, "Alpha Syndrome"),
        _concept("MONDO", 2, "alphaish disorder", xrefs=("MESH:1",)),
        _concept("MeSH", 3, "Beta Syndrome"),
        _concept("MONDO", 4, "betaish disorder", xrefs=("MESH:3",)),
        _concept("MONDO", 5, "betaoid disorder", xrefs=("MESH:3",)),
    ]
    content = _compile(concepts)
    assert _owner(content, "alphaish disorder") == "MESH:1"
    assert _owner(content, "betaish disorder") == "MONDO:4"
    assert _owner(content, "betaoid disorder") == "MONDO:5"


def test_types_that_cannot_be_one_thing_never_merge() -> None:
    concepts = [
        _concept("MeSH", 1, "Quillaxin", kind=SemanticType.DRUG),
        _concept("MONDO", 2, "quillaxin"),
    ]
    assert _compile(concepts).ids == ["MESH:1"]  # the disease is left without a term


def test_a_measured_molecule_is_a_drug_only_if_it_is_given() -> None:
    concepts = [
        _concept("MeSH", 1, "Quillase", kind=SemanticType.DRUG),
        _concept("MeSH", 2, "Quillulin", kind=SemanticType.DRUG),
        _concept("drugs", 3, "quillulin", kind=SemanticType.DRUG),
    ]
    for concept in concepts[:2]:
        concept.measured = True
    assert _compile(concepts).types == ["procedure", "drug"]


def test_inverted_names_are_put_in_order() -> None:
    content = _compile([_concept("MeSH", 1, "Infarction, Renal", "Infarct, Renal")])
    assert content.terms == ["renal infarct", "renal infarction"]


@pytest.mark.parametrize(
    "synonym",
    [
        "obsolete thing",
        "thing, unspecified, of knee",
        "ab",
        "thing (see above)",
        "of the thing",
        "one two three four five six seven eight nine",
        "AB1",
    ],
)
def test_terms_that_no_text_holds_are_refused(synonym: str) -> None:
    assert _compile([_concept("MONDO", 1, "proper disorder", synonym)]).terms == ["proper disorder"]


def test_common_words_come_from_trusted_sources_only() -> None:
    concepts = [
        _concept("drugs", 1, "zubrolin", "always", kind=SemanticType.DRUG),
        _concept("MeSH", 2, "Stroke"),
    ]
    content = _compile(concepts, english=("always", "stroke"))
    assert content.terms == ["stroke", "zubrolin"]
    assert content.words == ["alway", "stroke"]


def test_short_forms_match_in_their_case_and_never_twice() -> None:
    concepts = [
        _concept("MONDO", 1, "first disorder", "ABCD", "FRST"),
        _concept("MONDO", 2, "second disorder", "ABCD"),
    ]
    assert _compile(concepts).cased == {"FRST": ("frst", 0)}


def test_species_get_their_short_name() -> None:
    concepts = [_concept("MeSH", 1, "Borrelia testii", kind=SemanticType.ORGANISM)]
    assert _compile(concepts).terms == ["b . testii", "borrelia testii"]


def test_denied_terms_and_concepts_go() -> None:
    concepts = [
        _concept("MeSH", 1, "Disorder", "Illness Thing"),
        _concept("MeSH", 2, "Real Disorder", "Vague Word"),
    ]
    content = _compile(concepts, terms=("vague word",), denied=("disorder",))
    assert content.terms == ["real disorder"]


def test_a_finding_row_corrects_the_type_and_absorbs_a_synonymous_concept() -> None:
    concepts = [
        _concept("MeSH", 1, "Swelling"),
        _concept("MeSH", 2, "Edema", "Dropsy"),
    ]
    row = Finding("swelling", SemanticType.FINDING, ("edema", "puffy"))
    content = _compile(concepts, findings=(row,))
    assert {_owner(content, t) for t in ("swelling", "edema", "dropsy", "puffy")} == {"MESH:1"}
    assert content.types == ["finding"]


def test_aliases_reach_new_findings_and_may_say_absent() -> None:
    row = Finding("guarding", SemanticType.FINDING, ())
    aliases = (Alias("GD", "guarding", cased=True), Alias("unguarded", "guarding", absent=True))
    content = _compile([], findings=(row,), aliases=aliases)
    assert content.ids == ["LOCAL:guarding"]
    assert content.absent_terms == {"unguarded": 0}
    assert content.cased == {"GD": ("gd", 0), "GDs": ("gds", 0)}


def test_an_unresolvable_target_fails_the_build() -> None:
    with pytest.raises(ValueError, match="woe → no such thing"):
        _compile([], aliases=(Alias("woe", "no such thing"),))


def test_the_order_of_sources_does_not_matter() -> None:
    concepts = [
        _concept("MeSH", 1, "Alpha Syndrome", "shared name here"),
        _concept("MONDO", 2, "alpha syndrome", "shared name here", xrefs=("MESH:1",)),
        _concept("DOID", 3, "shared disorder", "shared name here"),
    ]
    assert _compile(concepts) == _compile(concepts[::-1])

"""Abbreviations that a text defines."""

from __future__ import annotations

import time
import warnings

import pytest
import spacy
from scispacy.abbreviation import AbbreviationDetector

from reward_service.analysis.abbreviations import (
    MAX_DEFINITIONS,
    MAX_USES,
    abbreviation_mentions,
    find_abbreviations,
)
from reward_service.text.document import Mention, SemanticType
from reward_service.text.tokenizer import Tokenizer

NLP = spacy.blank("en")
TOKENIZER = Tokenizer(NLP)


def pairs(text: str) -> list[tuple[str, str]]:
    return [
        (text[a.short_start : a.short_end], text[a.long_start : a.long_end])
        for a in find_abbreviations(text, NLP)
    ]


def test_all_uses_from_the_definition_on() -> None:
    text = (
        "ITP is rare. Immune thrombocytopenic purpura (ITP) causes bruises; ITP and ITPs and "
        "ITP-related signs, but not HITP or ITPX."
    )
    assert pairs(text) == [("ITP", "Immune thrombocytopenic purpura")] * 4
    assert find_abbreviations(text, NLP)[0].short_start > text.index("(")


def test_several_definitions_in_order() -> None:
    text = "chronic kidney disease (CKD), atrial fibrillation (AF); AF worsens CKD"
    assert [short for short, _ in pairs(text)] == ["CKD", "AF", "AF", "CKD"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no brackets at all",
        "(ABC) stands at the start",
        "the man (MI) fell",
        "seen twice (2) in a row",
        "a low value (see below)",
        "unclosed (ABC",
        "pneumonia (XR)",
    ],
)
def test_no_definition(text: str) -> None:
    assert pairs(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Deep vein thrombosis (DVT) was seen and the DVT was treated.",
        "She had systemic lupus erythematosus (SLE), not mixed disease; SLE flares.",
        "Acute respiratory distress syndrome (ARDS) follows sepsis.",
    ],
)
def test_same_long_forms_as_scispacys_component(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        doc = AbbreviationDetector(NLP)(NLP.make_doc(text))
    expected = {(short.text, short._.long_form.text) for short in doc._.abbreviations}
    assert set(pairs(text)) == expected


def test_mentions_take_the_long_forms_concept() -> None:
    text = "He had an acute myocardial infarction (MI). The MI was large, the MIs of his kin too."
    tokens = TOKENIZER(text)
    start = text.index("acute")
    end = text.index(" (MI)")
    named = Mention(start, end, 3, 6, "X:1", SemanticType.DISEASE, "exact")
    found = abbreviation_mentions(text, tokens, [named], NLP)
    assert [text[m.start : m.end] for m in found] == ["MI", "MI", "MIs"]
    assert {(m.concept, m.type, m.via) for m in found} == {
        ("X:1", SemanticType.DISEASE, "abbreviation")
    }
    assert all(tokens.starts[m.first] == m.start for m in found)


def test_a_mention_that_ends_inside_the_long_form_does_not_count() -> None:
    text = "strange red syndrome (SRS) and SRS"
    tokens = TOKENIZER(text)
    tail = Mention(12, 20, 2, 3, "X:2", SemanticType.DISEASE, "exact")
    assert abbreviation_mentions(text, tokens, [tail], NLP) == []
    assert abbreviation_mentions(text, tokens, [], NLP) == []


def test_definitions_and_uses_are_capped() -> None:
    many = " ".join(f"alpha beta{i} (AB{i})" for i in range(3 * MAX_DEFINITIONS))
    assert len(find_abbreviations(many, NLP)) <= MAX_DEFINITIONS
    used = "alpha beta (AB) " + "AB " * (2 * MAX_USES)
    assert len(find_abbreviations(used, NLP)) == MAX_USES


@pytest.mark.parametrize(
    "text", ["(" * 10**6, "(AB) " * 10**5, "alpha beta (AB) " * 50_000, "a (AB" * 10**5]
)
def test_hostile_text_is_quick(text: str) -> None:
    start = time.process_time()
    find_abbreviations(text, NLP)
    assert time.process_time() - start < 1

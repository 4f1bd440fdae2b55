"""Exact matching over the embedded vocabulary: boundaries, overlaps, case, polarity."""

from __future__ import annotations

import itertools

import pytest

from reward_service.analysis.matcher import Matcher
from reward_service.text.document import Flag, Mention, SemanticType
from reward_service.text.tokenizer import Tokenizer
from reward_service.vocabulary import Vocabulary, load_vocabulary


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return load_vocabulary()


@pytest.fixture(scope="module")
def matcher(vocabulary: Vocabulary) -> Matcher:
    return Matcher(vocabulary)


_TOKENIZER = Tokenizer()


def _find(matcher: Matcher, text: str) -> list[Mention]:
    return matcher.find(text, _TOKENIZER(text))


def _surfaces(matcher: Matcher, text: str) -> list[str]:
    return [text[m.start : m.end] for m in _find(matcher, text)]


def test_a_mention_carries_span_tokens_concept_and_type(
    matcher: Matcher, vocabulary: Vocabulary
) -> None:
    text = "She has a runny nose today."
    (mention,) = _find(matcher, text)
    assert text[mention.start : mention.end] == "runny nose"
    assert (mention.first, mention.last) == (3, 5)
    assert mention.concept == vocabulary.lookup("rhinorrhea")
    assert mention.type is SemanticType.FINDING
    assert (mention.via, mention.flags) == ("exact", 0)


@pytest.mark.parametrize(
    ("text", "surfaces"),
    [
        ("an acute myocardial infarction", ["acute myocardial infarction"]),
        ("chest pain and back pain", ["chest pain", "back pain"]),
        ("fever chills cough", ["fever", "chills", "cough"]),
        ("nausea/vomiting", ["nausea", "vomiting"]),
        ("fever, chills; cough.", ["fever", "chills", "cough"]),
        ("Tumours, ANAEMIA and biopsies", ["Tumours", "ANAEMIA", "biopsies"]),
        ("a chest X-ray", ["chest X-ray"]),
        ("Crohn's disease", ["Crohn's disease"]),
        ("diarrhoea with dehydration", ["diarrhoea", "dehydration"]),
        ("feverless and coughdrop", []),
        ("", []),
    ],
)
def test_longest_leftmost_on_token_boundaries(
    matcher: Matcher, text: str, surfaces: list[str]
) -> None:
    assert _surfaces(matcher, text) == surfaces


def test_punctuation_and_free_dashes_block_a_match(matcher: Matcher) -> None:
    assert "chest pain" not in _surfaces(matcher, "tightness of the chest, pain in the arm")
    assert "chest pain" not in _surfaces(matcher, "the chest - pain free")
    assert _surfaces(matcher, "beta-blocker") == ["beta-blocker"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("He had an MI.", True),
        ("Two MIs in a year.", True),
        ("the note on a scale, mi, sounded", False),
        ("ALL was diagnosed", True),
        ("all was well", False),
    ],
)
def test_short_forms_match_in_their_own_case(matcher: Matcher, text: str, found: bool) -> None:
    assert bool(_find(matcher, text)) is found


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("He is afebrile.", "fever"),
        ("a non-tender mole", "tenderness"),
        ("sclerae are anicteric", "jaundice"),
        ("a lifelong nonsmoker", "smoking"),
    ],
)
def test_some_words_deny_their_concept(
    matcher: Matcher, vocabulary: Vocabulary, text: str, target: str
) -> None:
    mentions = [m for m in _find(matcher, text) if m.concept == vocabulary.lookup(target)]
    assert [m.flags for m in mentions] == [int(Flag.NEGATED)]


def test_mentions_are_ordered_and_never_overlap(matcher: Matcher) -> None:
    text = (
        "Acute lower abdominal pain, fever and urinary tract infection with painful urination. "
        * 20
    )
    mentions = _find(matcher, text)
    assert len(mentions) > 60
    assert all(a.end <= b.start for a, b in itertools.pairwise(mentions))


def test_matching_keeps_no_state(matcher: Matcher) -> None:
    text = "Fever, cough and shortness of breath."
    assert _find(matcher, text) == _find(matcher, text)


def test_a_match_goes_on_in_a_wrapped_line_but_not_into_a_new_one(matcher: Matcher) -> None:
    assert _surfaces(matcher, "He has chest\npain.") == ["chest\npain"]
    assert "Low\nSodium" not in _surfaces(matcher, "Chloride: Low\nSodium: 140")

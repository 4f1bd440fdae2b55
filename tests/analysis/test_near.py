"""Near matches over a small vocabulary made by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from reward_service.analysis.edits import edit_distance
from reward_service.analysis.near import MAX_WORDS, ExactIndex, NearMatcher
from reward_service.text.document import Mention, SemanticType
from reward_service.text.tokenizer import Tokenizer
from reward_service.vocabulary.artifact import Content
from reward_service.vocabulary.vocabulary import Vocabulary

CONCEPTS = [
    ("T:1", "Pneumonia", "disease", ["pneumonia", "aspiration pneumonia"]),
    ("T:2", "Diarrhea", "finding", ["diarrhea"]),
    ("T:3", "Hepatosplenomegaly", "finding", ["hepatosplenomegaly"]),
    ("T:4", "Methotrexate", "drug", ["methotrexate", "trexalin"]),
    ("T:5", "Myasthenia Gravis", "disease", ["myasthenia gravis"]),
    ("T:6", "Hypernatremia", "finding", ["hypernatremia"]),
    ("T:7", "Edema", "finding", ["dropsyly"]),
    ("T:8", "Coagulase", "drug", ["coagulase"]),
    ("T:9", "Appendicitis", "disease", ["appendicitis", "acute appendicitis"]),
]
ENGLISH = ["the", "patient", "has", "and", "with", "acute", "severe"]


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    terms = sorted((term, i) for i, (*_, names) in enumerate(CONCEPTS) for term in names)
    content = Content(
        ids=[identifier for identifier, *_ in CONCEPTS],
        names=[name for _, name, *_ in CONCEPTS],
        types=[kind for _, _, kind, _ in CONCEPTS],
        sources=["test"] * len(CONCEPTS),
        terms=[term for term, _ in terms],
        term_concepts=[position for _, position in terms],
        absent_terms={},
        cased={},
        words=sorted(ENGLISH),
    )
    return Vocabulary(content, "0" * 64)


@pytest.fixture(scope="module")
def near(vocabulary: Vocabulary) -> NearMatcher:
    return NearMatcher(vocabulary)


def found(near: NearMatcher, text: str, covered: list[Mention] | None = None) -> list[tuple]:
    tokens = Tokenizer()(text)
    return [(text[m.start : m.end], m.concept) for m in near.find(text, tokens, covered or [])]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the patient has pnuemonia", [("pnuemonia", "T:1")]),
        ("severe diarhea", [("diarhea", "T:2")]),
        ("Hepatosplenomegally and pneumonnia", [("Hepatosplenomegally", "T:3"),
                                                ("pneumonnia", "T:1")]),
        ("methotrexale", [("methotrexale", "T:4")]),
        ("acute apendicitis", [("acute apendicitis", "T:9")]),
        ("myastenia gravis", [("myastenia gravis", "T:5")]),
        ("aspirattion pneumonia", [("aspirattion pneumonia", "T:1")]),
        # two unknown words side by side are not joined
        ("myastenia grravis", []),
        # the opposite is no misspelling
        ("hyponatremia", []),
        # a regular ending makes another word
        ("coagulate", []),
        # a term that is no part of its concept's name is too weak by itself
        ("dropsylly", []),
        # a trade name is not guessed
        ("trexalim", []),
        # another first letter
        ("qneumonia", []),
        # known words, short words and other tokens are not tried
        ("the patient has pneumonia, pneu, 123456, abc123def", []),
        ("", []),
        ("xxxxxxxxx \u0436\u0436\u0436\u0436\u0436\u0436\u0436", []),
    ],
)  # fmt: skip
def test_find(near: NearMatcher, text: str, expected: list[tuple[str, str]]) -> None:
    assert found(near, text) == expected


def test_mention_fields(near: NearMatcher) -> None:
    text = "has acute apendicitis."
    (mention,) = near.find(text, Tokenizer()(text), [])
    assert mention == Mention(4, 21, 1, 3, "T:9", SemanticType.DISEASE, "near")


def test_covered_tokens_are_left_alone(near: NearMatcher) -> None:
    text = "acute apendicitis"
    both = Mention(0, 17, 0, 2, "X", SemanticType.DISEASE, "exact")
    assert found(near, text, [both]) == []
    first = Mention(0, 5, 0, 1, "X", SemanticType.DISEASE, "exact")
    assert found(near, text, [first]) == [("apendicitis", "T:9")]


def test_correct(near: NearMatcher) -> None:
    assert near.correct(["acute", "apendicitis"]) == "T:9"
    assert near.correct(["pnuemonia"]) == "T:1"
    assert near.correct(["pneumonia"]) is None
    assert near.correct(["unheard", "unthought"]) is None
    assert near.correct([]) is None


def test_only_the_first_unknown_words_are_tried(near: NearMatcher) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    unknown = [f"zzz{a}{b}zzz" for a in letters for b in letters][:MAX_WORDS]
    assert found(near, " ".join(["pnuemonia", *unknown])) == [("pnuemonia", "T:1")]
    assert found(near, " ".join([*unknown, "pnuemonia"])) == []


def test_same_answers_from_a_fresh_matcher_in_any_order(vocabulary: Vocabulary) -> None:
    texts = ["pnuemonia", "severe diarhea", "methotrexale", "nothinglike", "zzzzzzzz"]
    forward, backward = NearMatcher(vocabulary), NearMatcher(vocabulary)
    one = {text: found(forward, text) for text in texts}
    other = {text: found(backward, text) for text in reversed(texts)}
    assert one == other


def test_index_is_exact_and_breaks_ties_by_position() -> None:
    vectors = csr_matrix(np.array([[1, 0], [0.6, 0.8], [1, 0], [0, 1]], dtype=np.float32))
    ((positions, distances),) = ExactIndex(vectors).knnQueryBatch(csr_matrix([[1.0, 0.0]]), 3)
    assert positions.tolist() == [0, 2, 1]
    assert distances.tolist() == pytest.approx([0, 0, 0.4])


@pytest.mark.parametrize(
    ("a", "b", "distance"),
    [
        ("", "", 0),
        ("abc", "abc", 0),
        ("abc", "abd", 1),
        ("abc", "acb", 1),
        ("abc", "ab", 1),
        ("kitten", "sitting", 3),
        ("abcdef", "uvwxyz", 3),
    ],
)
def test_edit_distance(a: str, b: str, distance: int) -> None:
    assert edit_distance(a, b, 2) == distance
    assert edit_distance(b, a, 2) == distance

"""Attributes of marked mentions, of whole sentences, and the cost of finding them."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from reward_service.analysis.attributes import (
    PREDICATE,
    REASON,
    REJECTION,
    SUPPORT,
    Attributes,
    mention_flags,
    read_attributes,
)
from reward_service.text.document import Anchor, Flag, Sentence
from reward_service.text.sentences import split_sentences
from reward_service.text.tokenizer import Tokenizer

CASES = Path(__file__).with_name("attribute_cases.tsv")
LETTERS = dict(zip("NUFPHGIL", Flag, strict=True))
TOKENIZER = Tokenizer()


def read_marked(marked: str, *, narrative: bool = False) -> tuple[list[str], Attributes]:
    """The flag letters of each bracketed mention, and all attributes of the text."""
    text, spans = "", []
    for part in re.split(r"(\[[^\]]*\])", marked):
        inner = part.strip("[]") if part.startswith("[") else part
        if part.startswith("["):
            spans.append((len(text), len(text) + len(inner)))
        text += inner
    tokens = TOKENIZER(text)
    ranges = [
        (
            next(i for i, end in enumerate(tokens.ends) if end > start),
            next((i for i, s in enumerate(tokens.starts) if s >= end), len(tokens.starts)),
        )
        for start, end in spans
    ]
    sentences = split_sentences(text, tokens.starts, tokens.ends)
    found = read_attributes(text, tokens, sentences, ranges, narrative=narrative)
    return [letters(mention_flags(found.flags, *r)) for r in ranges], found


def letters(bits: int) -> str:
    return "".join(letter for letter, flag in LETTERS.items() if bits & flag) or "-"


def load_cases() -> list[object]:
    cases: list[object] = []
    for line in CASES.read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or line.startswith("text\t"):
            continue
        text, flags, hard = line.replace("\\n", "\n").split("\t")
        marks = [pytest.mark.xfail(strict=True, reason=hard)] if hard else []
        cases.append(pytest.param(text, flags.split(), id=text[:60], marks=marks))
    return cases


@pytest.mark.parametrize(("text", "expected"), load_cases())
def test_mention_flags(text: str, expected: list[str]) -> None:
    ordered = ["".join(x for x in [*LETTERS, "-"] if x in flags) for flags in expected]
    assert read_marked(text)[0] == ordered


def test_the_cases_are_many() -> None:
    text = CASES.read_text(encoding="utf-8")
    assert sum(line.count("[") for line in text.splitlines() if not line.startswith("#")) >= 400


@pytest.mark.parametrize(
    ("text", "anchor"),
    [
        ("The patient has fever.", Anchor.PATIENT),
        ("A 34-year-old woman comes to the clinic.", Anchor.PATIENT),
        ("In this case, fever is present.", Anchor.PATIENT),
        ("Patients with malaria have fever.", Anchor.GENERAL),
        ("Malaria typically causes fever.", Anchor.GENERAL),
        ("Fever and rash suggest measles.", Anchor.EVIDENCE),
        ("The presence of ascites points to cirrhosis.", Anchor.EVIDENCE),
        ("Given the rash, measles is likely.", Anchor.EVIDENCE),
        ("There is a rash.", Anchor.NONE),
        ("Examination reveals ascites.", Anchor.NONE),
    ],
)
def test_sentence_anchor(text: str, anchor: Anchor) -> None:
    assert read_marked(text)[1].anchors == [anchor]


def test_one_anchor_for_each_sentence() -> None:
    found = read_marked("He has fever. Malaria causes fever. Rash was seen.")[1]
    assert found.anchors == [Anchor.PATIENT, Anchor.GENERAL, Anchor.NONE]


@pytest.mark.parametrize(
    ("text", "reasoning", "narrative"),
    [
        ("The attacks usually cause [pain].", "G", "-"),
        ("Episodes of [vertigo] often occur at night.", "G", "-"),
        ("In patients with [gout], the drug is stopped.", "G", "G"),
        ("There is no [fever].", "N", "N"),
    ],
)
def test_a_narrative_states_little_knowledge(text: str, reasoning: str, narrative: str) -> None:
    assert read_marked(text)[0] == [reasoning]
    assert read_marked(text, narrative=True)[0] == [narrative]


def test_flags_have_one_entry_a_token() -> None:
    text = "No fever.\n\nHis pain-free interval — hmm — isn't long."
    tokens = TOKENIZER(text)
    sentences = split_sentences(text, tokens.starts, tokens.ends)
    assert len(read_attributes(text, tokens, sentences).flags) == len(tokens.norms)


def test_an_empty_text_has_no_attributes() -> None:
    assert read_attributes("", TOKENIZER(""), []) == ([], [], [])
    assert mention_flags([], 0, 0) == 0


@pytest.mark.parametrize(
    ("text", "reason", "support", "rejection"),
    [
        ("pneumonia, because she has fever", True, False, False),
        ("the rash is consistent with measles", True, True, False),
        ("this rules out asthma", True, False, True),
        ("asthma is less likely", True, False, True),
        ("which is an incorrect answer", False, False, True),
        ("CT was done to rule out stroke", False, False, False),
        ("she has fever and a rash", False, False, False),
        ("it doesn't explain the rash", True, False, True),
    ],
)
def test_argument_cues(text: str, reason: bool, support: bool, rejection: bool) -> None:
    tokens = TOKENIZER(text)
    (roles,) = read_attributes(text, tokens, [Sentence(0, len(tokens.norms))]).roles
    assert bool(roles & REASON) == reason
    assert bool(roles & SUPPORT) == support
    assert bool(roles & REJECTION) == rejection


def test_roles_are_told_for_each_sentence() -> None:
    text = "she has fever. It is because of malaria"
    tokens = TOKENIZER(text)
    sentences = split_sentences(text, tokens.starts, tokens.ends)
    first, second = read_attributes(text, tokens, sentences).roles
    assert not first & REASON
    assert first & PREDICATE
    assert second & REASON


@pytest.mark.parametrize(
    "unit", ["no ", "no fever and ", "is not, ", "his mother and ", "which if "]
)
def test_time_is_linear_in_one_endless_sentence(unit: str) -> None:
    def seconds(count: int) -> float:
        text = unit * count
        tokens = TOKENIZER(text)
        sentences = split_sentences(text, tokens.starts, tokens.ends)
        best = float("inf")
        for _ in range(3):
            start = time.thread_time()
            read_attributes(text, tokens, sentences)
            best = min(best, time.thread_time() - start)
        return best

    seconds(100)
    assert seconds(8000) < 40 * seconds(800)

"""Findings in other words: read where they are close, and under the rules for any mention."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from reward_service.scoring.config import ScorerConfig
from reward_service.scoring.scorer import Scorer
from reward_service.wire import Evidence, Item, Score, ScoreRequest

pytest.importorskip("onnxruntime")

MakeEncoder = Callable[[Path, Mapping[str, Sequence[float]]], Path]
BREATH, RASH, ELSE = [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]
WORDS = {
    **dict.fromkeys(("dyspnea", "shortness", "breath", "breathlessness"), BREATH),
    **dict.fromkeys(("huff", "huffs", "rusty", "engine"), BREATH),
    **dict.fromkeys(("rash", "eruption", "spots", "speckled"), RASH),
    **dict.fromkeys(("walks", "village", "sings"), ELSE),
}
QUESTION = (
    "A 60-year-old man has had shortness of breath for 2 days. He has no rash. Which of the "
    "following is the most likely diagnosis?"
)
OPTIONS = {"A": "Heart failure", "B": "Measles"}


@pytest.fixture(scope="module")
def similar(tmp_path_factory: pytest.TempPathFactory, write_encoder: MakeEncoder) -> Scorer:
    folder = write_encoder(tmp_path_factory.mktemp("encoder"), WORDS)
    return Scorer(ScorerConfig(similarity=str(folder)))


def score(scorer: Scorer, *completions: str) -> tuple[Score, ...]:
    item = Item(question=QUESTION, options=OPTIONS, answer="A", completions=list(completions))
    return tuple(scorer.score(ScoreRequest(items=[item], explain=True)).items[0].scores)


def found(score: Score, objective: str = "coverage") -> list[Evidence]:
    """The evidence that similarity gave."""
    assert score.explanation is not None
    evidence = score.explanation.objectives[objective].evidence
    return [one for one in evidence if one.name and "by similarity" in one.name]


def test_a_finding_in_other_words_is_used(similar: Scorer, scorer: Scorer) -> None:
    text = "He huffs like a rusty engine, which makes heart failure likely at his age."
    (with_it,), (without,) = score(similar, text), score(scorer, text)
    (evidence,) = found(with_it)
    assert evidence.outcome == "matched"
    assert evidence.name == "Dyspnea (by similarity 1.00)"
    assert evidence.completion is not None
    assert evidence.completion.text == "huffs like a rusty engine"
    assert evidence.case is not None and evidence.case.text == "shortness of breath"
    assert not found(without)
    for name in ("faithfulness", "coverage"):
        higher, lower = with_it.objectives[name], without.objectives[name]
        assert higher is not None and lower is not None and higher > lower


def test_the_evidence_adds_up(similar: Scorer) -> None:
    (one,) = score(similar, "He huffs like a rusty engine, so heart failure is likely. (A)")
    assert one.explanation is not None
    for name in ("faithfulness", "coverage"):
        earned = sum(e.earned for e in one.explanation.objectives[name].evidence)
        assert one.objectives[name] == pytest.approx(earned, abs=1e-6)


@pytest.mark.parametrize(
    "text",
    [
        "He never huffs like a rusty engine.",  # the case affirms it
        "He has speckled eruption spots all over.",  # the case denies it
        "His father huffs like a rusty engine.",  # somebody else
        "He cannot huff like an engine and sings.",  # affirms what it seems to deny
        "If he huffs like a rusty engine, call for help.",  # not said of him
        "He walks to the village.",  # close to nothing
        "An engine is what he needs.",  # one telling word
        "Nausea huffs like a rusty engine.",  # holds a term of its own
    ],
)
def test_what_similarity_does_not_read(similar: Scorer, text: str) -> None:
    (one,) = score(similar, text)
    used = [e for e in found(one) if e.case is not None and e.case.text == "shortness of breath"]
    assert not used
    assert not [e for e in found(one) if e.outcome == "contradicted"]


def test_a_denial_in_other_words_agrees_with_a_denial(similar: Scorer) -> None:
    (one,) = score(similar, "He has no speckled spots to show, which argues against measles.")
    (evidence,) = found(one)
    assert (evidence.outcome, evidence.polarity) == ("matched", "absent")


def test_scores_do_not_depend_on_what_else_is_scored(similar: Scorer) -> None:
    texts = [
        "He huffs like a rusty engine, so heart failure is likely.",
        "He has no speckled spots to show.",
        "Heart failure, because he huffs like a rusty engine at rest.",
    ]
    assert score(similar, *texts) == tuple(score(similar, text)[0] for text in texts)
    assert score(similar, *reversed(texts)) == score(similar, *texts)[::-1]


def test_the_fingerprint_names_the_encoder(
    similar: Scorer, scorer: Scorer, tmp_path: Path, write_encoder: MakeEncoder
) -> None:
    other = Scorer(ScorerConfig(similarity=str(write_encoder(tmp_path, {**WORDS, "rash": ELSE}))))
    prints = {one.identity.fingerprint for one in (similar, scorer, other)}
    assert len(prints) == 3

"""Terms inside figures of speech are no mentions."""

from __future__ import annotations

import pytest

from reward_service.analysis.pipeline import Analyzer
from reward_service.vocabulary import load_vocabulary


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return Analyzer(load_vocabulary())


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("We should not lose sight of what is being asked.", []),
        ("He has lost his sight.", ["lost his sight"]),
        ("On the other hand, nothing is settled.", []),
        ("She has a burn on the other hand.", ["burn", "hand"]),
        ("Let us turn a blind eye to the rest.", []),
        ("It would be a rash decision.", []),
        ("He has a rash.", ["rash"]),
        ("In the face of this, one has to choose.", []),
        ("The case at hand is simple, and a rule of thumb will do.", []),
        ("I must stress that nothing was left out.", []),
        ("The weakness of this argument is plain.", []),
    ],
)
def test_a_figure_of_speech_names_nothing(analyzer: Analyzer, text: str, named: list[str]) -> None:
    assert [text[m.start : m.end] for m in analyzer(text).mentions] == named

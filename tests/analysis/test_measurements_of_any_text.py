"""Measurements of texts that nobody writes: they are sound, and found in linear time."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reward_service.analysis.measurements import agree, find_measurements
from reward_service.text.tokenizer import Tokenizer

TOKENIZER = Tokenizer()

WORDS = (
    "temperature BP HR Hb sodium is of was ( ) / - – < > , . ; \n 38.9 120 80 1 7 15,000 °C °F mm "
    "Hg /min g/dL % mg x 10 ^ 9 /L years old day weeks two twenty to and or normal N ' \" 5 ft in "
    "percentile th gestation µ ⁹ urine serum [ ] over every"
)
PIECES = st.sampled_from(WORDS.split(" "))


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=30).map(" ".join),
                 st.lists(PIECES, max_size=30).map("".join)))  # fmt: skip
def test_any_text_gives_sound_measurements(text: str) -> None:
    tokens = TOKENIZER(text)
    found = find_measurements(text, tokens)
    assert found == find_measurements(text, tokens)
    end = 0
    for m in found:
        assert end <= m.start < m.end <= len(text)
        assert 0 <= m.first < m.last <= len(tokens.norms)
        assert m.value <= m.high
        assert agree(m, m) is not False or m.comparison in ("<", ">")
        end = m.end


@pytest.mark.parametrize(
    "text",
    ["1" * 10**6, "1/" * 10**5, "<" * 10**6, "temperature " * 10**5, "(" * 10**6, "1,000" * 10**5,
     "sodium " * 10**5 + "1", "1 x 10^9/" * 10**4, "7 " + " " * 10**6 + "mg"],
    ids=lambda text: f"{text[:12]}…",
)  # fmt: skip
def test_hostile_text_is_quick(text: str) -> None:
    tokens = TOKENIZER(text)
    start = time.process_time()
    find_measurements(text, tokens)
    assert time.process_time() - start < 5

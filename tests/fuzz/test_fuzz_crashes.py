"""No text makes a reader raise, or place anything outside of the text."""

from __future__ import annotations

import pytest
from hostile import FRAGMENTS, READERS
from hypothesis import given, settings
from hypothesis import strategies as st

TEXTS = st.one_of(
    st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join),
    st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=4), max_size=20).map("".join),
    st.text(max_size=200),
)


@pytest.mark.parametrize("reader", READERS)
def test_nothing_crashes(reader: str) -> None:
    @given(TEXTS)
    @settings(max_examples=120, deadline=None, derandomize=True, database=None)
    def read(text: str) -> None:
        READERS[reader](text)

    read()

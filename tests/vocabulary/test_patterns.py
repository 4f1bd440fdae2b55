"""Surfaces with alternatives in braces."""

from __future__ import annotations

import pytest

from reward_service.vocabulary.compiler.patterns import expand


@pytest.mark.parametrize(
    ("pattern", "surfaces"),
    [
        ("sore throat", ["sore throat"]),
        ("sore {knee,knees}", ["sore knee", "sore knees"]),
        ("{bad,} cold", ["bad cold", "cold"]),
        ("{a,b} {c,d}", ["a c", "a d", "b c", "b d"]),
        ("when {he} sits", ["when he sits", "when she sits", "when they sits", "when I sits"]),
    ],
)
def test_alternatives_are_written_out(pattern: str, surfaces: list[str]) -> None:
    assert list(expand(pattern)) == surfaces


def test_possessives_have_a_short_form() -> None:
    assert {"lost his voice", "lost her voice", "lost the voice"} < set(expand("lost {his} voice"))


@pytest.mark.parametrize("pattern", ["{a", "a}", "a} {b"])
def test_braces_must_match(pattern: str) -> None:
    with pytest.raises(ValueError, match="unbalanced"):
        list(expand(pattern))

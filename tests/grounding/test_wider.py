"""The table of what a finding also is."""

from __future__ import annotations

from collections.abc import Callable

from reward_service.grounding.case import Case
from reward_service.grounding.wider import read_wider, wider_concepts
from reward_service.text.document import Polarity
from reward_service.vocabulary import load_vocabulary


def test_every_row_names_two_different_concepts_by_their_ids() -> None:
    vocabulary = load_vocabulary()
    rows = read_wider()
    assert len(set(rows)) == len(rows)
    for row in rows:
        ids = []
        for cell in row:
            identifier, _, name = cell.partition(" ")
            ids.append(identifier)
            assert vocabulary.concept(identifier).id == identifier
            named = name or identifier.removeprefix("LOCAL:").replace("-", " ")
            assert vocabulary.lookup(named) == identifier, cell
        assert ids[0] != ids[1]


def test_a_case_that_states_a_kind_states_the_whole_and_denies_only_the_kind(
    make_case: Callable[..., Case],
) -> None:
    whole = wider_concepts()["LOCAL:rebound-tenderness"][0]
    there = make_case("A 30-year-old woman has rebound tenderness. What is it?")
    assert [fact.polarity for fact in there.facts.of_concept[whole]] == [Polarity.PRESENT]
    absent = make_case("A 30-year-old woman has no rebound tenderness. What is it?")
    assert whole not in absent.facts.of_concept

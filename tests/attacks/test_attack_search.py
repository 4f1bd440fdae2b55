from __future__ import annotations

import sys
from pathlib import Path
from random import Random

import pytest

from reward_service.attacks.moves import MAX_SENTENCES, MOVES, Draft, Stock, crossed, mutated
from reward_service.attacks.search import GOALS, KINDS, Found, SearchConfig, search
from reward_service.attacks.subjects import Subject
from reward_service.attacks.tally_search import search_outcomes

sys.path.insert(0, str(Path(__file__).parent / "support"))
from paying_scorer import PayingScorer  # type: ignore[import-not-found]


def found(subject: Subject, other: Subject, budget: int, seed: int = 0) -> list[Found]:
    config = SearchConfig(budget, seed)
    return [one for best in search([subject, other], PayingScorer, config) for one in best]


def test_the_search_climbs_and_keeps_to_its_budget(subject: Subject, other: Subject) -> None:
    best = found(subject, other, 400)
    assert {(one.goal, one.kind) for one in best} == {(g, k) for g in GOALS for k in KINDS}
    coverage = [one for one in best if one.kind == "coverage"]
    for one in coverage:
        assert one.tried == 400
        assert one.scores.coverage is not None
        assert one.scores.coverage > max(one.started, 0.3)
    assert found(subject, other, 400) == best
    assert found(subject, other, 400, seed=1) != best


def test_a_small_budget_is_only_spent_on_starts(subject: Subject, other: Subject) -> None:
    best = found(subject, other, 3)
    assert all(one.tried == 3 for one in best)
    with pytest.raises(ValueError, match="at least 1"):
        SearchConfig(0)


def test_without_the_answer_no_ending_commits_to_it(subject: Subject, other: Subject) -> None:
    stock = Stock.of(subject, [other], right=False)
    assert len(stock.conclusions) > 8
    assert "The answer is \\boxed{B}." not in stock.conclusions
    assert Stock.of(subject, [other], right=True).conclusions == ("The answer is \\boxed{B}.",)
    assert subject.reasoning.split(".")[0] + "." not in stock.material
    for one in found(subject, other, 60):
        assert (one.scores.accuracy == 1.0) == (one.goal == "without_reasoning")


@pytest.mark.parametrize("move", MOVES, ids=lambda m: m.__name__)
def test_a_move_gives_a_draft_with_sentences(
    move: object, subject: Subject, other: Subject
) -> None:
    stock = Stock.of(subject, [other], right=True)
    rng = Random(0)
    for parts in (("One.",), ("One.", "Two is here."), tuple(f"S {i}." for i in range(60))):
        for _ in range(20):
            draft = move(Draft(parts, "end"), stock, rng)  # type: ignore[operator]
            assert draft.sentences
            assert len(draft.sentences) <= max(len(parts), MAX_SENTENCES)
            assert draft.text.endswith("</conclusion>")


def test_crossing_takes_a_beginning_and_an_end() -> None:
    first, second = Draft(("a", "b"), "x"), Draft(("c", "d"), "y")
    made = {crossed(first, second, Random(seed)) for seed in range(60)}
    assert Draft(("a", "d"), "x") in made
    assert all(set(draft.sentences) <= set("abcd") for draft in made)
    assert mutated(first, Stock(("m.",), ("f",), ("o",), ("t",), ("w",), ("e",)), Random(1))


def test_outcomes_of_the_search_by_hand(subject: Subject, other: Subject) -> None:
    best = found(subject, other, 60)
    medians = {"tests": {"reward": 10.1, "faithfulness": 0.1, "coverage": 0.0}}
    outcomes = {(o.goal, o.kind): o for o in search_outcomes(best, medians)}
    lost = outcomes["without_answer", "reward"]
    assert (lost.items, lost.ahead, lost.right, lost.examples) == (2, 0.0, 0.0, {})
    won = outcomes["without_reasoning", "coverage"]
    assert (won.ahead, won.ahead_of_median, won.right) == (1.0, 1.0, 1.0)
    assert won.honest == 0.0
    assert won.best > 0.0
    assert set(won.examples) == {"tests"}
    assert "fever" in won.examples["tests"].text.lower()

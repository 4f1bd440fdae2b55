"""Lexical counts: what counts, what does not, and the table itself."""

from __future__ import annotations

import pytest

from trainer.evaluation.behaviours import BEHAVIOURS, count_behaviours, phrases


@pytest.mark.parametrize(
    ("text", "behaviour", "count"),
    [
        ("Wait, the rash came later. Hold on: it itches.", "backtracking", 2),
        ("On second\nthought it is not malaria.", "backtracking", 1),
        ("She was in the waiting room and awaits results.", "backtracking", 0),
        ("If this were gout, we would expect crystals.", "backward_chaining", 2),
        ("WORKING BACKWARDS from the options, B needs a murmur.", "backward_chaining", 1),
        ("It would be unexpected.", "backward_chaining", 0),
        ("First, list the findings. Second, weigh the options. Finally, answer.",
         "subgoal_setting", 3),
        ("Step 1: history. Step 2: examination.", "subgoal_setting", 2),
        ("His firstborn has asthma.", "subgoal_setting", 0),
        ("Let me check this: the troponin confirms that.", "verification", 2),
        ("Double-checking the dose and double checked the unit.", "verification", 2),
        ("A confirmed case.", "verification", 0),
    ],
)  # fmt: skip
def test_counts(text: str, behaviour: str, count: int) -> None:
    assert count_behaviours(text)[behaviour] == count


def test_overlapping_phrases_count_once() -> None:
    # "working back" begins "working backward*", which is the longer one
    assert count_behaviours("Working backwards.")["backward_chaining"] == 1


def test_every_behaviour_is_counted_in_every_text() -> None:
    assert count_behaviours("") == dict.fromkeys(BEHAVIOURS, 0)


def test_the_table_is_clean() -> None:
    table = phrases()
    assert tuple(table) == BEHAVIOURS
    for behaviour, several in table.items():
        assert len(several) >= 15, behaviour
        assert len(set(several)) == len(several), behaviour
        for phrase in several:
            assert phrase == phrase.strip().lower()
            sample = phrase.replace("*", "s")
            assert count_behaviours(f"So {sample} then")[behaviour] >= 1, phrase
    everything = [phrase for several in table.values() for phrase in several]
    assert len(set(everything)) == len(everything), "a phrase stands for two behaviours"

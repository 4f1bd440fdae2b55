"""Words that say nothing move no score: sentences between the others, and openings before them.

None of them is taken from the scorer's tables or from the attacks.
"""

from __future__ import annotations

import pytest

from reward_service import score

SENTENCES = (
    "I like to be methodical about such things.",
    "Bear with me while I sort this out.",
    "None of this is meant to be the last word.",
    "We are making progress.",
    "A word of caution seems in order.",
    "Haste would only lead to errors.",
    "So much for the preliminaries.",
    "I shall try not to leave anything out.",
    "Time to look at the other side of the coin.",
    "Everyone makes up their mind in their own manner.",
    "The picture will sharpen as we proceed.",
    "This paragraph is about to get longer.",
    "It does no harm to double-check.",
    "What comes next builds on what came before.",
    "Hold that thought.",
    "My aim is to be both brief and complete.",
    "Some readers may want to skip ahead.",
    "Simplicity is a virtue, but so is diligence.",
    "Let's dive in.",
    "Alright, onwards.",
    "We must not lose sight of the goal.",
    "A rash decision would help nobody.",
)
OPENINGS = (
    "It bears repeating that",
    "One ought to remember that",
    "What should not be overlooked is that",
    "I would like to point out that",
    "Please note that",
    "The first thing to say is that",
    "It goes without saying that",
    "Let us not forget that",
    "We must also be aware that",
    "It may be of interest that",
    "Needless to say,",
    "Before we go any further,",
    "For the sake of completeness,",
    "Strictly speaking,",
    "Turning to the next point,",
    "To be quite clear,",
    "With all that has been said,",
    "As was pointed out above,",
    "As you can see,",
    "By the way,",
)

QUESTION = (
    "A 34-year-old woman comes to the emergency department with a headache and a fever of 39.2°C "
    "since yesterday. She has vomited twice. Her neck is stiff and light hurts her eyes. There is "
    "no rash and no recent head injury. The white cell count is 17,000/mm3. Which of the following "
    "is the most likely diagnosis?"
)
OPTIONS = {
    "A": "Subarachnoid hemorrhage",
    "B": "Bacterial meningitis",
    "C": "Migraine",
    "D": "Sinusitis",
}
REASONING = (
    "Her stiff neck and photophobia speak for irritated meninges.",
    "The fever of 39.2°C with a leukocytosis makes a bacterial cause of that meningitis likely.",
    "Subarachnoid hemorrhage comes next.",
    "It would begin within seconds and would not explain so high a fever.",
    "Migraine can bring vomiting and photophobia, but it leaves the temperature alone.",
    "She has no rash, which does not exclude meningococci.",
    "Sinusitis is unlikely because nothing points to the sinuses.",
)


def _scores(sentences: tuple[str, ...]) -> dict[str, float | None]:
    text = f"<dx>{' '.join(sentences)}</dx><conclusion>The answer is \\boxed{{B}}.</conclusion>"
    item = {"question": QUESTION, "options": OPTIONS, "answer": "B", "completions": [text]}
    return dict(score({"items": [item]}).items[0].scores[0].objectives)


def _moved(sentences: tuple[str, ...]) -> dict[str, float]:
    plain, other = _scores(REASONING), _scores(sentences)
    return {
        name: abs((other[name] or 0.0) - (value or 0.0))
        for name, value in plain.items()
        if abs((other[name] or 0.0) - (value or 0.0)) > 0.02
    }


def test_the_honest_text_earns_something() -> None:
    scores = _scores(REASONING)
    assert (scores["faithfulness"] or 0) > 0.6
    assert (scores["coverage"] or 0) > 0.3


@pytest.mark.parametrize("filler", SENTENCES)
def test_a_sentence_that_says_nothing_moves_no_score(filler: str) -> None:
    between = tuple(said for one in REASONING for said in (filler, one))
    assert _moved((*between, filler)) == {}


@pytest.mark.parametrize("opening", OPENINGS)
def test_words_that_only_open_a_sentence_move_no_score(opening: str) -> None:
    opened = tuple(f"{opening} {one[0].lower()}{one[1:]}" for one in REASONING)
    assert _moved(opened) == {}

"""What counts as copied from the case."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reward_service.grounding.case import Case
from reward_service.grounding.rollout import Rollout
from reward_service.grounding.sentences import Standing

CASE = (
    "A 44-year-old woman comes to the clinic because of palpitations and a weight loss of 5 kg "
    "over the past 3 months. She has a fine tremor of the hands. She appears anxious. "
    "Which of the following is the most likely diagnosis?"
)


@pytest.mark.parametrize(
    ("text", "copied"),
    [
        ("She has a fine tremor of the hands.", True),
        ("She appears anxious.", True),
        ("Palpitations and a weight loss of 5 kg over the past 3 months are present.", True),
        (
            "The tremor of her hands, the palpitations and the weight loss suggest thyrotoxicosis.",
            False,
        ),
        ("She is anxious.", False),
        ("A fine tremor of the hands is typical when the thyroid works too hard.", False),
        # with words left out
        ("She has a tremor of the hands.", True),
        ("A woman to the clinic because of palpitations and loss of 5 kg over 3 months.", True),
        ("Palpitations and weight loss have gone on for 3 months in this woman.", False),
    ],
)
def test_a_sentence_is_copied_when_most_of_it_is_the_cases(
    make_case: Callable[..., Case],
    make_rollout: Callable[[Case, str], Rollout],
    text: str,
    copied: bool,
) -> None:
    (sentence,) = make_rollout(make_case(CASE), text).sentences
    assert (sentence.standing is Standing.COPIED) is copied


def test_a_repeated_sentence_is_read_once(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]
) -> None:
    rollout = make_rollout(make_case(CASE), "She has a tremor. It shakes. She has a tremor!")
    assert len(rollout.sentences) == 2


def test_the_words_of_a_sentence_in_another_order_are_copied(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]
) -> None:
    text = "Weight loss of 5 kg and palpitations in a 44-year-old woman over the past 3 months."
    (sentence,) = make_rollout(make_case(CASE), text).sentences
    assert sentence.standing is Standing.COPIED


def test_a_long_quotation_inside_a_sentence_is_no_use_of_it(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]
) -> None:
    text = (
        "Palpitations and a weight loss of 5 kg over the past 3 months make thyrotoxicosis, an "
        "overactive gland that burns energy and drives the heart beyond its needs, the favourite."
    )
    (sentence,) = make_rollout(make_case(CASE), text).sentences
    assert sentence.standing is not Standing.COPIED
    assert any(sentence.quotes(mention) for mention in sentence.mentions)


@pytest.mark.parametrize(
    ("said", "held"),
    [
        ("she has a fine tremor of the hand", True),
        ("as told she has a fine tremor of hand", True),
        ("she also has a fine tremor just of the hand", True),
        ("the hand show a fine tremor", False),
        ("she appear anxious indeed", True),
        ("she is anxious", False),
    ],
)
def test_a_sentence_is_held_word_for_word_or_with_few_left_out(
    make_case: Callable[..., Case], said: str, held: bool
) -> None:
    words = tuple(said.split())
    assert make_case(CASE).copying.holds_sentence(words) is held


def test_a_mechanism_makes_no_ground_of_a_whole_sentence(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]
) -> None:
    why = "This suggests an autoimmune process in the gland."
    whole, part = (
        make_rollout(make_case(CASE), f"{text} {why}").sentences[0]
        for text in ("She has a fine tremor of hands.", "She has a fine tremor.")
    )
    assert not whole.ground
    assert part.ground


def test_quotations_are_grounds_as_far_as_the_text_comes_to_options(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]
) -> None:
    case = make_case(CASE, options={"A": "Thyrotoxicosis", "B": "Pheochromocytoma", "C": "Anemia"})
    quoted = (
        "A 44-year-old woman comes to the clinic because of palpitations. "
        "This means that the muscles burn their own protein. "
        "She has a fine tremor. "
        "This suggests an excess of hormone in the blood. "
    )
    ends = (
        "Thyrotoxicosis drives the metabolism of every cell. ",
        "Pheochromocytoma is wrong because its crises come in bursts. ",
        "Anemia is less likely because of the tremor. ",
    )

    def grounds(told: str) -> list[bool]:
        sentences = make_rollout(case, f"{quoted}{told}The answer is A.").sentences
        assert sentences[0].standing is sentences[2].standing is Standing.COPIED
        return [sentences[0].ground, sentences[2].ground]

    assert grounds("") == [False, False]
    for end in ends:
        assert grounds(end) == [False, True], end
    assert grounds("".join(ends[:2])) == [True, True]
    bare = "Pheochromocytoma is less likely because of the palpitations. "
    assert grounds(bare + ends[2]) == [False, True]

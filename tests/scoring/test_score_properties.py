"""Properties that hold for every completion, tried on generated ones."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reward_service.scoring.scorer import Scorer
from reward_service.wire import Item, Score, ScoreRequest

QUESTION = (
    "A 52-year-old woman has had chest pain and shortness of breath for 2 days. She has no fever "
    "and no cough. She takes an oral contraceptive. Her mother had breast cancer. Her pulse is "
    "118/min, blood pressure is 112/70 mm Hg, and oxygen saturation is 89%. Her left calf is "
    "swollen. Which of the following is the most likely diagnosis?"
)
OPTIONS = ("Pulmonary embolism", "Pneumonia", "Myocardial infarction", "Panic disorder")
# {0} … {3} stand for the letters of OPTIONS.
SENTENCES = (
    "She has chest pain and dyspnea.",
    "Her pulse is 118/min, so she is tachycardic.",
    "She has a high fever and a productive cough.",
    "Because her calf is swollen, a clot in the leg veins is likely.",
    "There is no fever, which argues against pneumonia.",
    "Option {1} is less likely because she does not cough.",
    "Panic disorder would not explain an oxygen saturation of 89%.",
    "Myocardial infarction is possible, but the swollen calf speaks against it.",
    "Patients with pulmonary embolism usually have tachycardia.",
    "Her temperature is 39.5 °C.",
    "The answer is {0}.",
    "The answer is {2}.",
    "\\boxed{{{0}}}",
    "She takes an oral contraceptive, a known risk factor.",
    "She had breast cancer.",
)
TAGS = ("<dx>", "</dx>", "<conclusion>", "</conclusion>")

quick = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
completions = st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=10)
odd_texts = st.one_of(
    st.text(max_size=300),
    st.lists(
        st.sampled_from([*TAGS, *SENTENCES, "\\boxed{", "\u202e", "\u200b", "🩺", "\x00"])
    ).map("".join),
    st.text(alphabet="אבגدهوαβγ中文\u200d\u0301 .,", max_size=200),
    st.binary(max_size=200).map(lambda raw: raw.decode("latin-1")),
)


def _score(scorer: Scorer, text: str, order: tuple[int, ...] = (0, 1, 2, 3)) -> Score:
    """Score `text` with the options in another order; `order[i]` is the place of option i."""
    letters = ["ABCD"[place] for place in order]
    options = {letter: option for letter, option in zip(letters, OPTIONS, strict=True)}
    item = Item(
        question=QUESTION,
        options=dict(sorted(options.items())),
        answer=letters[0],
        completions=[text.format(*letters) if "{" in text else text],
    )
    return scorer.score(ScoreRequest(items=[item])).items[0].scores[0]


def _text(sentences: list[str]) -> str:
    return " ".join(sentences)


def _check(score: Score) -> None:
    for name, value in score.objectives.items():
        assert (value is None) == (name in score.abstentions)
        assert value is None or 0.0 <= value <= 1.0
    for name, number in score.metrics.items():
        assert number is None or number >= 0.0, name
    assert score.reward is None or 0.0 <= score.reward <= 12.0


@quick
@given(text=odd_texts)
def test_odd_texts_are_answered_within_range(scorer: Scorer, text: str) -> None:
    score = _score(scorer, text.replace("{", "").replace("}", ""))
    _check(score)
    assert not score.abstentions


@quick
@given(sentences=completions, tagged=st.booleans(), place=st.integers(0, 9))
def test_a_duplicate_sentence_never_raises_a_score(
    scorer: Scorer, sentences: list[str], tagged: bool, place: int
) -> None:
    again = [*sentences, sentences[place % len(sentences)]]

    def wrapped(parts: list[str]) -> str:
        text = _text(parts)
        return f"<dx>{text}</dx><conclusion>\\boxed{{{{{{0}}}}}}</conclusion>" if tagged else text

    before, after = _score(scorer, wrapped(sentences)), _score(scorer, wrapped(again))
    for name, value in before.objectives.items():
        assert value is not None
        later = after.objectives[name]
        assert later is not None
        assert later <= value + 1e-9, name


@quick
@given(sentences=completions, order=st.permutations(range(4)))
def test_permuting_the_options_with_the_key_changes_nothing(
    scorer: Scorer, sentences: list[str], order: list[int]
) -> None:
    text = _text(sentences)
    assert _score(scorer, text).objectives == _score(scorer, text, tuple(order)).objectives


@quick
@given(sentences=completions)
def test_without_a_key_accuracy_is_null_and_nothing_else_changes(
    scorer: Scorer, sentences: list[str]
) -> None:
    text = _text(sentences).format(*"ABCD")
    item: dict[str, Any] = {
        "question": QUESTION,
        "options": dict(zip("ABCD", OPTIONS, strict=True)),
        "completions": [text],
    }
    keyed = Item.model_validate({**item, "answer": "A"})
    bare = Item.model_validate(item)
    with_key, without = scorer.score(ScoreRequest(items=[keyed, bare])).items
    assert without.scores[0].objectives["accuracy"] is None
    for name in ("structure", "faithfulness", "coverage"):
        assert without.scores[0].objectives[name] == with_key.scores[0].objectives[name]


def test_scores_do_not_depend_on_order_batch_or_repetition(scorer: Scorer) -> None:
    generator = random.Random(7)
    items = [
        Item(
            id=str(i),
            question=QUESTION,
            options=dict(zip("ABCD", OPTIONS, strict=True)),
            answer="A",
            completions=[
                _text(generator.sample(SENTENCES, 6)).format(*"ABCD") for _ in range(i % 3 + 1)
            ],
        )
        for i in range(12)
    ]
    together = scorer.score(ScoreRequest(items=items)).items
    backwards = scorer.score(ScoreRequest(items=items[::-1])).items[::-1]
    singly = [scorer.score(ScoreRequest(items=[item])).items[0] for item in items]
    afresh = Scorer().score(ScoreRequest(items=items)).items
    expected = [scores.model_dump_json() for scores in together]
    for other in (backwards, singly, afresh):
        assert [scores.model_dump_json() for scores in other] == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t ",
        "(" * 100_000,
        "<dx>" * 30_000,
        "\\boxed{" * 20_000,
        "no fever, " * 15_000,
        "the answer is " * 10_000,
        "1/" * 60_000,
        "a" * 150_000,
        "A) " * 40_000,
        "👩‍⚕️" * 30_000,
        "\u202e\u200b" * 50_000,
        "temperature is 38.9 °C and " * 5_000,
        "(ABC) " * 20_000,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_hostile_texts_are_answered(scorer: Scorer, text: str) -> None:
    _check(_score(scorer, text.replace("{", "{{")))

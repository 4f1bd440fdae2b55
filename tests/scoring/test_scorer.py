"""The scorer: what a request turns into, whatever the completions say."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from reward_service.completions import Commitment, Completion
from reward_service.objectives.registry import objectives
from reward_service.scoring import scorer as scorer_module
from reward_service.scoring.config import ScorerConfig
from reward_service.scoring.scorer import Scorer
from reward_service.wire import Abstention, Item, ScoreRequest
from reward_service.wire.errors import RequestError, SettingsError

CASE = {
    "question": "A 40-year-old man has had fever and a cough for 2 days. He has no rash. "
    "Which of the following is the most likely diagnosis?",
    "options": {"A": "Pneumonia", "B": "Measles"},
    "answer": "A",
}


def _request(*completions: str, **more: object) -> ScoreRequest:
    item = Item.model_validate({**CASE, "completions": list(completions)})
    return ScoreRequest.model_validate({"items": [item], **more})


def test_keys_are_the_same_for_every_completion(scorer: Scorer) -> None:
    request = ScoreRequest(
        items=[
            Item.model_validate({**CASE, "completions": ["The answer is A.", "", "<dx>"]}),
            Item(question="What is 2 + 2?", completions=["4"]),
        ]
    )
    scores = [score for item in scorer.score(request).items for score in item.scores]
    assert {tuple(score.objectives) for score in scores} == {tuple(objectives())}
    assert len({tuple(score.metrics) for score in scores}) == 1
    for score in scores:
        nulls = {name for name, value in score.objectives.items() if value is None}
        assert nulls == set(score.abstentions)


def test_reward_is_the_weighted_sum_of_judged_objectives(scorer: Scorer) -> None:
    score = (
        scorer.score(_request("He has a fever and a cough. The answer is A.")).items[0].scores[0]
    )
    value = score.objectives
    assert None not in value.values()
    expected = 10 * value["accuracy"] + value["faithfulness"] + value["coverage"]  # type: ignore[operator]
    assert score.reward == pytest.approx(expected, abs=1e-6)


def test_weights_of_the_request_come_before_the_defaults(scorer: Scorer) -> None:
    request = _request("The answer is A.", weights={"accuracy": 2, "structure": 0})
    score = scorer.score(request).items[0].scores[0]
    assert score.objectives["accuracy"] == 1.0
    rest = (score.objectives["faithfulness"] or 0) + (score.objectives["coverage"] or 0)
    assert score.reward == pytest.approx(2 + rest, abs=1e-6)


def test_an_abstention_takes_no_part_in_the_reward(scorer: Scorer) -> None:
    item = Item(question="What is 2 + 2?", completions=["4"])
    score = scorer.score(ScoreRequest(items=[item], objectives=["accuracy"])).items[0].scores[0]
    assert score.objectives == {"accuracy": None}
    assert score.abstentions == {"accuracy": Abstention.NO_ANSWER_KEY}
    assert score.reward is None


def test_only_the_chosen_objectives_are_judged_in_the_fixed_order(scorer: Scorer) -> None:
    request = _request("The answer is A.", objectives=["coverage", "accuracy"])
    score = scorer.score(request).items[0].scores[0]
    assert list(score.objectives) == ["accuracy", "coverage"]
    assert "hallucination_rate" not in score.metrics


def test_unknown_objectives_and_weights_are_refused_with_their_path(scorer: Scorer) -> None:
    with pytest.raises(RequestError) as refused:
        scorer.score(_request("x", objectives=["accuracy", "fun"]))
    assert refused.value.path == "objectives[1]"
    with pytest.raises(RequestError) as refused:
        scorer.score(_request("x", weights={"fun": 1}))
    assert refused.value.path == "weights.fun"


def test_a_config_with_an_unknown_weight_is_refused() -> None:
    with pytest.raises(SettingsError, match="fun"):
        Scorer(ScorerConfig(weights={"fun": 1.0}))


def test_a_text_over_the_limit_abstains_alone(scorer: Scorer) -> None:
    limit = scorer.config.max_chars
    long = "He has a fever. " * (limit // 16 + 1)
    scores = scorer.score(_request(long, "The answer is A.")).items[0].scores
    assert set(scores[0].abstentions.values()) == {Abstention.TOO_LONG}
    assert scores[0].reward is None
    assert scores[1].objectives["accuracy"] == 1.0


@pytest.mark.parametrize(
    "case",
    [
        {"question": "x " * 150_000},
        {"question": "q", "options": {letter: "x " * 30_000 for letter in "ABCD"}},
        {"question": "q", "options": {f"o{n}": "x" for n in range(1001)}},
        {"prompt": [{"role": "user", "content": "x " * 20_000}] * 6},
    ],
    ids=["question", "options", "many options", "messages"],
)
def test_a_case_over_the_limit_abstains_for_its_item_alone(
    scorer: Scorer, case: dict[str, object]
) -> None:
    long = Item.model_validate({**case, "answer": "A", "completions": ["A"]})
    fine = Item.model_validate({**CASE, "completions": ["The answer is A."]})
    items = scorer.score(ScoreRequest(items=[long, fine])).items
    assert set(items[0].scores[0].abstentions.values()) == {Abstention.TOO_LONG}
    assert items[1].scores[0].objectives["accuracy"] == 1.0


def test_an_objective_that_fails_abstains_alone(
    scorer: Scorer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the text said SECRET")

    monkeypatch.setattr("reward_service.objectives.coverage.uses_of", fail)
    score = scorer.score(_request("The answer is A.")).items[0].scores[0]
    assert score.abstentions == {"coverage": Abstention.SCORER_ERROR}
    assert score.objectives["accuracy"] == 1.0
    assert score.metrics["finding_recall"] is None
    assert "SECRET" not in caplog.text


def test_a_completion_that_cannot_be_read_abstains_alone(
    scorer: Scorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = scorer_module.find_answer

    def fail_on_one(
        completion: Completion, options: Mapping[str, str] | None, *, exception: bool
    ) -> Commitment:
        if "unreadable" in completion.text:
            raise RuntimeError("no")
        return read(completion, options, exception=exception)

    monkeypatch.setattr(scorer_module, "find_answer", fail_on_one)
    broken, fine = scorer.score(_request("unreadable", "The answer is A.")).items[0].scores
    assert set(broken.abstentions.values()) == {Abstention.SCORER_ERROR}
    assert broken.reward is None
    assert fine.objectives["accuracy"] == 1.0


def test_chat_messages_score_as_their_text(scorer: Scorer) -> None:
    text = "He has a fever and a cough. The answer is A."
    messages = [{"role": "user", "content": "…"}, {"role": "assistant", "content": text}]
    item = Item.model_validate({**CASE, "completions": [text, messages]})
    plain, chat = scorer.score(ScoreRequest(items=[item])).items[0].scores
    assert plain == chat


def test_a_prompt_stands_for_question_and_options(scorer: Scorer) -> None:
    prompt = CASE["question"] + "\nA. Pneumonia\nB. Measles"  # type: ignore[operator]
    text = "He has a fever and a cough. Measles is unlikely because he has no rash. Answer: A"
    asked = Item.model_validate({**CASE, "completions": [text]})
    prompted = Item(prompt=prompt, answer="A", completions=[text])
    first, second = scorer.score(ScoreRequest(items=[asked, prompted])).items
    assert first.scores == second.scores


def test_the_fingerprint_tells_configs_apart(scorer: Scorer) -> None:
    other = Scorer(ScorerConfig(weights={"coverage": 2.0}))
    assert other.identity.fingerprint != scorer.identity.fingerprint
    assert Scorer(ScorerConfig(case_cache=1)).identity == scorer.identity

"""Rollouts without rewards, services that fail or change, rows that cannot be sent."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import crpo_tiny
import pyarrow.parquet as pq
import pytest
import torch
from crpo_tiny import FAILED, WordService
from datasets import Dataset

from trainer.client import CompletionScore, ScoredBatch
from trainer.crpo import CRPOTrainer, RewardError, RowError, ScorerError

Make = Callable[..., CRPOTrainer]


def _first(values: set[int]) -> Callable[[int, str], CompletionScore | None]:
    """A rule that fails the n-th completions of a run, counted from 0."""
    count = iter(range(10_000))
    return lambda call, text: FAILED if next(count) in values else None


def test_failed_rollouts_are_masked_and_training_goes_on(
    make_trainer: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = make_trainer(WordService(_first({1})), max_failed_share=0.25, max_steps=1)
    seen: list[Any] = []
    compute_loss = trainer._compute_loss
    monkeypatch.setattr(
        trainer,
        "_compute_loss",
        lambda m, inputs: (seen.append(inputs), compute_loss(m, inputs))[1],
    )
    trainer.train()
    rows = pq.read_table(tmp_path / "run/completions/step-000001.parquet").to_pylist()
    assert [row["failure"] for row in rows] == [None, "unavailable: no answer", None, None]
    assert rows[1]["accuracy"] is None and rows[1]["reward"] is None
    assert rows[1]["advantage"] == 0.0 and rows[1]["completion_tokens"] > 0
    mask = seen[0]["completion_mask"]
    assert (mask.sum(dim=1) == 0).sum() == 1, "the failed rollout has no loss"
    expected = sum(row["completion_tokens"] for row in rows if row["failure"] is None)
    assert int(mask.sum()) == int(seen[0]["num_items_in_batch"]) == expected
    line = json.loads((tmp_path / "run/metrics.jsonl").read_text())
    assert line["reward/failed_share"] == 0.25
    assert line["objectives/accuracy/abstained"] == 0.0, "a failure is no abstention"
    assert all(torch.isfinite(p).all() for p in trainer.model.parameters())


def test_failed_rollouts_get_no_gradient_not_even_from_the_kl_term(make_trainer: Make) -> None:
    service = WordService(_first(set(range(4, 8))))  # all of the second step
    settings = {"optim": "sgd", "beta": 1.0, "learning_rate": 0.5, "max_failed_share": 1.0}
    short = make_trainer(WordService(), max_steps=1, lr_scheduler_type="constant", **settings)
    short.train()
    both = make_trainer(
        service,
        max_steps=2,
        folder=Path(short.args.output_dir) / "both",
        lr_scheduler_type="constant",
        **settings,
    )
    both.train()
    for after_one, after_two in zip(short.model.parameters(), both.model.parameters(), strict=True):
        assert torch.equal(after_one, after_two)


def test_too_many_failures_stop_the_run(make_trainer: Make) -> None:
    trainer = make_trainer(WordService(_first({0, 2})), max_failed_share=0.25)
    with pytest.raises(RewardError, match=r"2 of 4 rollouts .* max_failed_share=0\.25.*no answer"):
        trainer.train()


def test_scorer_errors_count_as_failures(make_trainer: Make) -> None:
    broken = CompletionScore(
        objectives={"accuracy": 1.0, "structure": 1.0, "faithfulness": None, "coverage": 0.5},
        abstentions={"faithfulness": "scorer_error"},
        reward=None,
        metrics={"words": 1.0},
    )
    trainer = make_trainer(WordService(lambda call, text: broken), max_failed_share=0.5)
    with pytest.raises(RewardError, match="the service failed on faithfulness"):
        trainer.train()


def test_abstentions_are_logged_and_do_not_stop(make_trainer: Make, tmp_path: Path) -> None:
    def no_coverage(call: int, text: str) -> CompletionScore:
        scores = crpo_tiny.score_words(text) | {"coverage": None}
        return CompletionScore(scores, {"coverage": "no_options"}, None, {"words": 1.0})

    make_trainer(WordService(no_coverage), max_failed_share=0.0, max_steps=1).train()
    line = json.loads((tmp_path / "run/metrics.jsonl").read_text())
    assert line["objectives/coverage/abstained"] == 1.0
    assert line["reward/failed_share"] == 0.0
    assert "objectives/coverage/mean" not in line
    row = pq.read_table(tmp_path / "run/completions/step-000001.parquet").to_pylist()[0]
    assert row["coverage"] is None and row["abstentions"] == '{"coverage": "no_options"}'
    assert row["reward"] == 10 * row["accuracy"] + row["faithfulness"]


def test_an_exception_of_the_client_names_its_cause(make_trainer: Make) -> None:
    class Broken(WordService):
        def score(self, items: Sequence[Mapping[str, Any]]) -> ScoredBatch:
            raise OSError("the cable is out")

    with pytest.raises(RewardError, match="the cable is out") as caught:
        make_trainer(Broken()).train()
    assert isinstance(caught.value.__cause__, OSError)


def test_a_short_answer_is_an_error(make_trainer: Make) -> None:
    class Short(WordService):
        def score(self, items: Sequence[Mapping[str, Any]]) -> ScoredBatch:
            return super().score(items[:1])

    with pytest.raises(RewardError, match="scored 2 of 4 completions"):
        make_trainer(Short()).train()


def test_missing_objective(make_trainer: Make) -> None:
    with pytest.raises(ScorerError, match="does not judge kindness; it judges accuracy, struc"):
        make_trainer(objectives=("accuracy", "kindness"), objective_weights=(1, 1))


def test_unexpected_fingerprint(make_trainer: Make) -> None:
    with pytest.raises(ScorerError, match="fingerprint f-1, expected was f-9"):
        make_trainer(expected_fingerprint="f-9")
    make_trainer(expected_fingerprint="f-1")


def test_scorer_that_changes_during_the_run(make_trainer: Make, tmp_path: Path) -> None:
    with pytest.raises(ScorerError, match=r"changed during the run.*f-1.*f-2"):
        make_trainer(WordService(fingerprints=("f-1", "f-2"))).train()


def test_allowed_change_is_recorded(make_trainer: Make, tmp_path: Path) -> None:
    service = WordService(fingerprints=("f-1", "f-2"))
    make_trainer(service, allow_scorer_change=True).train()
    record = json.loads((tmp_path / "run/run.json").read_text())
    assert record["scorer"]["fingerprint"] == "f-2"
    assert [(s["step"], s["fingerprint"]) for s in record["scorers"]] == [(0, "f-1"), (1, "f-2")]


def test_continuing_with_another_scorer(make_trainer: Make) -> None:
    options = {"save_strategy": "steps", "save_steps": 1}
    make_trainer(max_steps=1, **options).train()
    other = WordService(fingerprints=("f-2",))
    with pytest.raises(ScorerError, match=r"from .*f-1.* to .*f-2"):
        make_trainer(other, max_steps=2, **options).train(resume_from_checkpoint=True)
    make_trainer(other, max_steps=2, allow_scorer_change=True, **options).train(
        resume_from_checkpoint=True
    )


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"prompt": "no", "item": "{"}, r"train_dataset, row 1: column `item` is not JSON"),
        ({"prompt": "no", "item": "[]"}, "row 1: column `item`: expected a JSON object, got list"),
        ({"prompt": "no", "item": None}, "row 1: column `item`: expected the scoring item as JSON"),
        ({"prompt": "no", "item": '{"completions": []}'}, "row 1: .* must not hold completions"),
    ],
)
def test_bad_rows(make_trainer: Make, row: dict[str, Any], message: str) -> None:
    good = {"prompt": "no", "item": '{"question": "no"}'}
    with pytest.raises(RowError, match=message):
        make_trainer(train_dataset=Dataset.from_list([good, row]))


def test_missing_columns(make_trainer: Make) -> None:
    with pytest.raises(RowError, match="eval_dataset has no column item; it has prompt"):
        make_trainer(eval_dataset=Dataset.from_list([{"prompt": "no"}]))

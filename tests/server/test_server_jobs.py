"""Cutting requests into jobs, and joining what comes back."""

from __future__ import annotations

import json

from fake_scorer import FakeScorer
from hypothesis import given
from hypothesis import strategies as st

from reward_service.server.jobs import (
    LARGEST_JOB,
    LARGEST_JOB_CHARS,
    ItemSize,
    JobPlan,
    Scored,
    blanked,
    cut,
    execute,
    join,
    plan,
    sizes_of,
)
from reward_service.wire import Item, ScoreRequest


def request_of(*groups: list[str], **more: object) -> ScoreRequest:
    items = [Item(id=f"é{i}", question="q", completions=group) for i, group in enumerate(groups)]
    return ScoreRequest(items=items, **more)


def plan_of(counts: list[int], *, workers: int, chars: int = 9) -> list[JobPlan]:
    return plan([ItemSize(5, (chars,) * count) for count in counts], workers=workers)


@given(st.lists(st.integers(1, 70), min_size=1, max_size=40), st.integers(0, 9))
def test_every_completion_is_in_one_small_job(counts: list[int], workers: int) -> None:
    jobs = [job.slices for job in plan_of(counts, workers=workers)]
    covered = [(p.item, n) for job in jobs for p in job for n in range(p.start, p.stop)]
    assert covered == [(item, n) for item, count in enumerate(counts) for n in range(count)]
    assert all(0 < sum(p.stop - p.start for p in job) <= LARGEST_JOB for job in jobs)


def test_one_group_keeps_all_workers_busy() -> None:
    assert len(plan_of([8], workers=2)) == 2


def test_small_groups_share_a_job() -> None:
    assert len(plan_of([1] * 256, workers=2)) == 256 // LARGEST_JOB


def test_giant_texts_do_not_travel_together() -> None:
    jobs = plan_of([4, 4], workers=1, chars=LARGEST_JOB_CHARS // 2)
    assert [sum(p.stop - p.start for p in job.slices) for job in jobs] == [1] * 8  # with the case
    assert all(job.chars <= LARGEST_JOB_CHARS for job in jobs)
    assert len(plan_of([3], workers=1, chars=10 * LARGEST_JOB_CHARS)) == 3


def test_the_size_of_an_item_counts_every_text() -> None:
    item = Item(
        question="1234",
        options={"A": "12", "B": "345"},
        context="1",
        reference="12",
        completions=["123", [{"role": "assistant", "content": "12345"}]],
    )
    (size,) = sizes_of(ScoreRequest(items=[item]))
    assert size == (4 + 5 + 1 + 2, (3, 5)) and size.total == 20


@given(st.integers(0, 5), st.lists(st.integers(1, 30), min_size=1, max_size=6))
def test_the_bytes_do_not_depend_on_the_cut(workers: int, counts: list[int]) -> None:
    request = request_of(*([f"text {n} “é”" * n for n in range(count)] for count in counts))
    scorer = FakeScorer()
    scores: list[list[Scored]] = [[] for _ in counts]
    for job in plan(sizes_of(request), workers=workers):
        replies = iter(execute(scorer, cut(request, job.slices)).scores)
        for part in job.slices:
            scores[part.item] += [next(replies) for _ in range(part.start, part.stop)]
    whole = scorer.score(request).model_dump_json().encode()
    assert join(request, scores, scorer.identity) == whole


def test_a_failure_is_described_without_the_text_that_caused_it() -> None:
    reply = execute(FakeScorer(), request_of(["RAISE Xanthippe"]))
    assert reply.failure is not None and reply.failure.startswith("ValueError in _score (fake_")
    assert "Xanthippe" not in reply.failure and not reply.scores


def test_a_blank_score_has_the_same_keys_and_only_nulls() -> None:
    (scored,) = execute(FakeScorer(), request_of(["a"], objectives=["accuracy", "coverage"])).scores
    nulls = json.loads(blanked(scored).json)
    assert nulls["objectives"] == {"accuracy": None, "coverage": None}
    assert nulls["abstentions"] == {"accuracy": "scorer_error", "coverage": "scorer_error"}
    assert nulls["metrics"] == {"words": None} and nulls["reward"] is None

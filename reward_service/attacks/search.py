"""The adaptive attacker: evolution over drafts that sees the scores.

No language model takes part. It starts from the texts of the attacks that use no honest reasoning
and changes them blindly; the drafts with the highest scores go on. Two goals:

    without_answer    beat the honest completions without committing to the right answer
    without_reasoning beat them with the right answer and no honest reasoning

What commits to an answer is told by plain words, not by the scorer. Without the right answer the
attacker does not know it either: it starts from what the attacks make of a wrong one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from random import Random
from typing import Literal, NamedTuple, get_args

from reward_service.attacks.measure import MakeScorer, Scores, drawn_others, score_texts
from reward_service.attacks.moves import Draft, Stock, crossed, mutated
from reward_service.attacks.registry import Family
from reward_service.attacks.subjects import Subject
from reward_service.attacks.suite import attacks
from reward_service.attacks.texts import commits, sentences
from reward_service.scoring.scorer import Scorer

Goal = Literal["without_answer", "without_reasoning"]
Kind = Literal["reward", "faithfulness", "coverage"]
GOALS: tuple[Goal, ...] = get_args(Goal)
KINDS: tuple[Kind, ...] = get_args(Kind)

# Families whose texts owe nothing to the honest completion.
_STARTS: tuple[Family, ...] = ("copying", "listing", "options", "empty")
_SURVIVORS = 8
_CHILDREN = 16


@dataclass(frozen=True, slots=True)
class SearchConfig:
    """budget: scored completions for each subject, goal and kind of score; at least 1."""

    budget: int = 200
    seed: int = 0

    def __post_init__(self) -> None:
        if self.budget < 1:
            raise ValueError(f"budget: expected at least 1 scored completion, got {self.budget}")


class Found(NamedTuple):
    """The best draft of one subject, goal and kind of score."""

    subject: Subject
    goal: Goal
    kind: Kind
    honest: Scores
    started: float  # the best of the drafts that it started from
    scores: Scores
    text: str
    tried: int


def search(
    subjects: Sequence[Subject],
    make_scorer: MakeScorer,
    config: SearchConfig,
    *,
    workers: int = 1,
) -> Iterator[list[Found]]:
    """The best drafts of each subject: one for each goal and kind whose score is judged.

    Deterministic: each (seed, subject, goal, kind) has randomness of its own.
    """
    tasks = [
        (subject, drawn_others(subjects, subject, config.seed), config) for subject in subjects
    ]
    if workers <= 1:
        scorer = make_scorer()
        yield from (_search(scorer, *task) for task in tasks)
        return
    with ProcessPoolExecutor(workers, get_context("spawn"), _start, (make_scorer,)) as pool:
        yield from pool.map(_in_worker, tasks)


def _search(
    scorer: Scorer, subject: Subject, others: Sequence[Subject], config: SearchConfig
) -> list[Found]:
    (honest,) = score_texts(scorer, subject, [subject.honest])
    found = []
    for goal in GOALS:
        stock = Stock.of(subject, others, right=goal == "without_reasoning")
        for kind in KINDS:
            if getattr(honest, kind) is None:
                continue
            rng = Random(f"{config.seed}/{subject.id}/{goal}/{kind}")
            known = subject
            if goal == "without_answer":
                known = replace(subject, answer=rng.choice(subject.wrong_letters))
            starts = _starts(known, others, stock, rng)[: config.budget]
            found.append(_evolved(scorer, subject, goal, kind, honest, starts, stock, config, rng))
    return found


class _Scored(NamedTuple):
    value: float
    draft: Draft
    scores: Scores


def _evolved(
    scorer: Scorer,
    subject: Subject,
    goal: Goal,
    kind: Kind,
    honest: Scores,
    starts: list[Draft],
    stock: Stock,
    config: SearchConfig,
    rng: Random,
) -> Found:
    def scored(drafts: list[Draft]) -> list[_Scored]:
        results = score_texts(scorer, subject, [draft.text for draft in drafts])
        return [
            _Scored(getattr(scores, kind) or 0.0, draft, scores)
            for draft, scores in zip(drafts, results, strict=True)
        ]

    alive = _fittest(scored(starts))
    started = alive[0].value
    tried = len(starts)
    seen = set(starts)
    while tried < config.budget:
        children = _children([one.draft for one in alive], stock, rng)
        tried_now = min(len(children), config.budget - tried)
        tried += tried_now
        new = [child for child in children[:tried_now] if child not in seen]
        seen.update(new)
        if new:
            alive = _fittest([*alive, *scored(new)])
    best = alive[0]
    return Found(subject, goal, kind, honest, started, best.scores, best.draft.text, tried)


def _fittest(drafts: list[_Scored]) -> list[_Scored]:
    """The highest scores first; of equal ones the shorter, so that ballast falls off."""
    return sorted(drafts, key=lambda one: (-one.value, len(one.draft.text)))[:_SURVIVORS]


def _children(parents: list[Draft], stock: Stock, rng: Random) -> list[Draft]:
    children = []
    for _ in range(_CHILDREN):
        parent = parents[min(rng.randrange(len(parents)), rng.randrange(len(parents)))]
        if len(parents) > 1 and rng.random() < 0.2:
            parent = crossed(parent, rng.choice(parents), rng)
        children.append(mutated(parent, stock, rng))
    return children


def _starts(subject: Subject, others: Sequence[Subject], stock: Stock, rng: Random) -> list[Draft]:
    """The attacks' analyses with endings that the goal allows, in random order.

    Sentences that say which answer is right are left out: only the ending commits to one.
    """
    drafts = []
    for attack in attacks().values():
        made = attack.make(subject, others, rng) if attack.family in _STARTS else None
        analysis = (made or "").split("<conclusion>")[0].removeprefix("<dx>").removesuffix("</dx>")
        parts = tuple(s for s in sentences(analysis) if not commits(s))
        if parts:
            drafts.append(Draft(parts, rng.choice(stock.conclusions)))
    rng.shuffle(drafts)
    return drafts


_scorer: Scorer | None = None  # of a worker process


def _start(make_scorer: MakeScorer) -> None:
    global _scorer
    _scorer = make_scorer()


def _in_worker(task: tuple[Subject, tuple[Subject, ...], SearchConfig]) -> list[Found]:
    assert _scorer is not None, "a worker starts with a scorer"
    return _search(_scorer, *task)

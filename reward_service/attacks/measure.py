"""Scores of every attack on every subject, beside those of the honest completion."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from random import Random
from typing import NamedTuple

from reward_service.attacks.padding import opened, padded
from reward_service.attacks.subjects import Subject
from reward_service.attacks.suite import attacks
from reward_service.scoring.scorer import Scorer
from reward_service.wire import Score, ScoreRequest

PROCESS = ("faithfulness", "coverage")
"""The process objectives that are paid by default: what a cheat can win beside the answer."""

MakeScorer = Callable[[], Scorer]
_OTHERS = 4  # other subjects that an attack may draw from
_CHUNK = 4  # subjects sent to a worker at a time


class Scores(NamedTuple):
    """One completion's scores; None where an objective abstained."""

    reward: float | None
    accuracy: float | None
    faithfulness: float | None
    coverage: float | None


class Trial(NamedTuple):
    """One attack on one subject."""

    attack: str
    text: str
    scores: Scores


class Measured(NamedTuple):
    """A subject's honest completion, its padded forms, and every attack that applies."""

    subject: Subject
    honest: Scores
    longer: Scores  # filler sentences between its own, twice as many words
    wordier: Scores  # empty opening words before each sentence
    trials: tuple[Trial, ...]


def measure(
    subjects: Sequence[Subject],
    names: Sequence[str],
    make_scorer: MakeScorer,
    *,
    seed: int = 0,
    workers: int = 1,
) -> Iterator[Measured]:
    """Score the named attacks on every subject, in the subjects' order.

    Each (seed, subject, attack) has randomness of its own, so that the result depends on neither
    the workers nor which other attacks run. make_scorer must be fit for other processes when
    workers > 1.
    """
    tasks = [
        (subject, drawn_others(subjects, subject, seed), tuple(names), seed) for subject in subjects
    ]
    if workers <= 1:
        scorer = make_scorer()
        for task in tasks:
            yield _measure(scorer, *task)
        return
    with ProcessPoolExecutor(workers, get_context("spawn"), _start, (make_scorer,)) as pool:
        yield from pool.map(_in_worker, tasks, chunksize=_CHUNK)


def scores_of(score: Score) -> Scores:
    """The figures of one completion."""
    objectives = score.objectives
    return Scores(score.reward, objectives["accuracy"], *(objectives[name] for name in PROCESS))


def score_texts(scorer: Scorer, subject: Subject, texts: Sequence[str]) -> list[Scores]:
    """The figures of completions of one subject, in their order."""
    response = scorer.score(ScoreRequest(items=[subject.item(list(texts))]))
    return [scores_of(score) for score in response.items[0].scores]


def drawn_others(subjects: Sequence[Subject], subject: Subject, seed: int) -> tuple[Subject, ...]:
    """Other cases of the same source, drawn by the seed."""
    pool = [s for s in subjects if s.source == subject.source and s.question != subject.question]
    return tuple(Random(f"{seed}/{subject.id}").sample(pool, min(_OTHERS, len(pool))))


def _measure(
    scorer: Scorer, subject: Subject, others: Sequence[Subject], names: Sequence[str], seed: int
) -> Measured:
    made = [
        (name, attacks()[name].make(subject, others, Random(f"{seed}/{subject.id}/{name}")))
        for name in names
    ]
    cheats = [(name, text) for name, text in made if text is not None]
    forms = [subject.reasoning, padded(subject.reasoning), opened(subject.reasoning)]
    texts = [subject.answered(form) for form in forms] + [text for _, text in cheats]
    scores = score_texts(scorer, subject, texts)
    honest, longer, wordier = scores[: len(forms)]
    trials = tuple(
        Trial(name, text, score)
        for (name, text), score in zip(cheats, scores[len(forms) :], strict=True)
    )
    return Measured(subject, honest, longer, wordier, trials)


_scorer: Scorer | None = None  # of a worker process


def _start(make_scorer: MakeScorer) -> None:
    global _scorer
    _scorer = make_scorer()


def _in_worker(task: tuple[Subject, tuple[Subject, ...], tuple[str, ...], int]) -> Measured:
    assert _scorer is not None, "a worker starts with a scorer"
    return _measure(_scorer, *task)

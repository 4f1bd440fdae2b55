"""The same questions before and after training, side by side."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from trainer.report.evaluated import START
from trainer.report.rollouts import Scored, read_scored
from trainer.report.run_folder import Run

# So many files of completions at either end are searched for questions that occur in both.
_FILES = 40


@dataclass(frozen=True)
class Pair:
    """One question with a completion from before and one from after, and why it is shown."""

    id: str
    why: str
    before: Scored
    after: Scored

    @property
    def change(self) -> float:
        """Reward after less reward before; 0 where one of them was not judged."""
        if self.before.reward is None or self.after.reward is None:
            return 0.0
        return self.after.reward - self.before.reward


@dataclass(frozen=True)
class Examples:
    """Pairs of one run, and where their completions come from."""

    before: str
    after: str
    pairs: tuple[Pair, ...]


def find_examples(run: Run, *, start: Path | None = None, count: int = 4) -> Examples | None:
    """Questions of `run` that occur before and after; None if there are none.

    Taken from `start`, an evaluation of the policy before training, and the run's own evaluation of
    that split; else from the first and the last steps; else from the evaluations of the earliest
    checkpoint and the end. Of a question's rollouts the one with the median reward stands for all.
    """
    if start is not None and start.stem in run.evaluations:
        found = _from_evaluations(START, start, run.evaluations[start.stem], count)
        if found is not None:
            return found
    return _from_training(run, count) or _from_checkpoints(run, count)


def choose(before: Mapping[str, Scored], after: Mapping[str, Scored]) -> tuple[Pair, ...]:
    """Pairs of the shared questions in the order in which they are worth reading.

    First the median change in reward, then the best, then the worst, then the others from the
    middle outwards: what is typical comes first, and a loss is never hidden.
    """
    shared = sorted(before.keys() & after.keys())
    ranked = sorted(
        (Pair(id, "", before[id], after[id]) for id in shared), key=lambda pair: pair.change
    )
    if not ranked:
        return ()
    middle = len(ranked) // 2
    chosen = {middle: "median change"}
    chosen.setdefault(len(ranked) - 1, "largest gain")
    chosen.setdefault(0, "smallest gain" if ranked[0].change > 0 else "largest loss")
    for index in sorted(range(len(ranked)), key=lambda index: (abs(index - middle), index)):
        chosen.setdefault(index, "near the median")
    return tuple(
        Pair(ranked[index].id, why, ranked[index].before, ranked[index].after)
        for index, why in chosen.items()
    )


def representatives(completions: Sequence[Scored]) -> dict[str, Scored]:
    """For each question the rollout with the median reward, of those that were judged."""
    groups: dict[str, list[Scored]] = {}
    for one in completions:
        groups.setdefault(one.id, []).append(one)
    return {id: _median(group) for id, group in groups.items() if id}


def _median(group: Sequence[Scored]) -> Scored:
    judged = sorted(
        (one for one in group if one.reward is not None),
        key=lambda one: (one.reward, one.completion),
    )
    return judged[(len(judged) - 1) // 2] if judged else group[0]


def _from_training(run: Run, count: int) -> Examples | None:
    """Walk inwards from both ends of training until enough questions were seen on both sides."""
    files = run.completion_files
    before: dict[str, list[Scored]] = {}
    after: dict[str, list[Scored]] = {}
    for early, late in list(zip(files, reversed(files), strict=True))[
        : min(_FILES, len(files) // 2)
    ]:
        for one in read_scored(early):
            before.setdefault(one.id, []).append(one)
        for one in read_scored(late):
            after.setdefault(one.id, []).append(one)
        if len(before.keys() & after.keys() - {""}) >= count:
            break
    pairs = choose(
        representatives([one for group in before.values() for one in group]),
        representatives([one for group in after.values() for one in group]),
    )
    if not pairs:
        return None
    return Examples("first steps", "last steps", pairs[:count])


def _from_checkpoints(run: Run, count: int) -> Examples | None:
    for split, end in run.evaluations.items():
        checkpoints = [
            (int(match[1]), path)
            for name, path in run.evaluations.items()
            if (match := re.fullmatch(rf"{re.escape(split)}-checkpoint-(\d+)", name))
        ]
        if checkpoints:
            step, path = min(checkpoints)
            return _from_evaluations(f"checkpoint {step}", path, end, count)
    return None


def _from_evaluations(title: str, before: Path, after: Path, count: int) -> Examples | None:
    pairs = choose(representatives(read_scored(before)), representatives(read_scored(after)))
    if not pairs:
        return None
    return Examples(f"evaluation of {title}", "evaluation of the end", pairs[:count])

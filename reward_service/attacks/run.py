"""One run: attacks, filler and, where asked for, the adaptive search, as one report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from reward_service.attacks.errors import AttackError
from reward_service.attacks.measure import MakeScorer, measure
from reward_service.attacks.search import Found, SearchConfig, search
from reward_service.attacks.sources import load_subjects
from reward_service.attacks.subjects import Subject
from reward_service.attacks.suite import chosen
from reward_service.attacks.tally import (
    Filler,
    Goals,
    Medians,
    Outcome,
    filler,
    honest_medians,
    tallied,
)
from reward_service.attacks.tally_search import SearchOutcome, search_outcomes
from reward_service.wire import Scorer as Identity

Advance = Callable[[str, int, int], None]
"""(what is being done, subjects done, subjects in all): called after each subject."""

SEARCHED = 24
"""Subjects that the adaptive search takes, the same number of each source."""


@dataclass(frozen=True, slots=True)
class AttackConfig:
    """What a run does.

    data: folder with data sets; None for the bundled cases alone. names: attacks to run; None for
    all. limit: most subjects of each source. budget: scored completions of the search for each
    subject, goal and score; 0 leaves the search out. seed: of everything random.
    """

    data: Path | None = None
    names: tuple[str, ...] | None = None
    limit: int | None = None
    budget: int = 0
    seed: int = 0
    goals: Goals = field(default_factory=Goals)


@dataclass(frozen=True, slots=True)
class Report:
    """What a run found.

    sources: subjects by source. missing: files that were not in the data folder. medians: of the
    honest completions, by source and score. searches: empty without a search.
    """

    scorer: Identity
    seed: int
    sources: dict[str, int]
    missing: tuple[str, ...]
    goals: Goals
    medians: Medians
    outcomes: list[Outcome]
    filler: list[Filler]
    budget: int
    searches: list[SearchOutcome]

    @property
    def failures(self) -> list[str]:
        """One line for each goal that was missed. What the search finds is reported, not judged."""
        lines = [
            f"{o.attack}: ahead in {kind} on {o.comparisons[kind].ahead:.1%} of "
            f"{o.comparisons[kind].items} items (goal {self.goals.of(kind):.0%})"
            for o in self.outcomes
            for kind in o.missed(self.goals)
        ]
        return lines + [
            f"{f.form}: {f.objective} moves by up to {f.largest:.3f} (goal {self.goals.filler:g}), "
            f"by more than the goal on {f.over:.1%} of {f.items} items"
            for f in self.filler
            if f.over > 0
        ]


def run(
    config: AttackConfig,
    make_scorer: MakeScorer,
    *,
    workers: int = 1,
    advance: Advance = lambda what, done, total: None,
) -> Report:
    """Carry out a run. make_scorer must be fit for other processes when workers > 1.

    Raises AttackError for an unknown attack, missing or unreadable data, or no subjects.
    """
    names = chosen(config.names)
    loaded = load_subjects(config.data, limit=config.limit, seed=config.seed)
    subjects = loaded.subjects
    if not subjects:
        raise AttackError("no question with honest reasoning about a patient was found")
    identity = make_scorer().identity
    measured = []
    for one in measure(subjects, names, make_scorer, seed=config.seed, workers=workers):
        measured.append(one)
        advance("attacks", len(measured), len(subjects))
    found: list[Found] = []
    if config.budget:
        searched = drawn(subjects, SEARCHED, config.seed)
        plan = SearchConfig(config.budget, config.seed)
        for done, best in enumerate(search(searched, make_scorer, plan, workers=workers), start=1):
            found += best
            advance("search", done, len(searched))
    medians = honest_medians(measured)
    return Report(
        scorer=identity,
        seed=config.seed,
        sources=dict(Counter(subject.source for subject in subjects)),
        missing=loaded.missing,
        goals=config.goals,
        medians=medians,
        outcomes=tallied(measured),
        filler=filler(measured, config.goals),
        budget=config.budget,
        searches=search_outcomes(found, medians),
    )


def drawn(subjects: Sequence[Subject], count: int, seed: int) -> tuple[Subject, ...]:
    """About `count` subjects, the same number of each source, in their own order."""
    sources = list(dict.fromkeys(subject.source for subject in subjects))
    each = max(1, count // len(sources))
    chosen_ids = set()
    for source in sources:
        ids = [s.id for s in subjects if s.source == source]
        chosen_ids |= {(source, name) for name in Random(seed).sample(ids, min(each, len(ids)))}
    return tuple(s for s in subjects if (s.source, s.id) in chosen_ids)

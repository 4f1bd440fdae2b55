"""A report of attacks as a Markdown page.

Texts are shown of the bundled cases only: those are this package's own, while other people's data
are not to be copied into a page.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from reward_service.attacks.errors import AttackError
from reward_service.attacks.registry import FAMILY_MEANINGS
from reward_service.attacks.run import Report
from reward_service.attacks.tally import KINDS, Example
from reward_service.cli.attack_view import (
    AIMS,
    ATTACK_HEADER,
    FILLER_HEADER,
    SEARCH_HEADER,
    attack_cells,
    filler_cells,
    search_cells,
    subjects_line,
)

_SHOWN_FROM = "bundled"
_BEGIN = "<!-- attacks: begin -->"
_END = "<!-- attacks: end -->"


def write(report: Report, path: Path) -> None:
    """Write the page; or, into a page with the two marks, only the summary between them.

    Raises AttackError for a page that has one of the marks alone.
    """
    old = path.read_text("utf-8") if path.is_file() else ""
    if _BEGIN not in old and _END not in old:
        path.write_text(page(report), "utf-8")
        return
    head, begin, rest = old.partition(_BEGIN)
    _, end, tail = rest.partition(_END)
    if not begin or not end:
        raise AttackError(f"{path}: expected {_BEGIN!r} and then {_END!r}")
    path.write_text(f"{head}{begin}\n\n{summary(report)}\n\n{end}{tail}", "utf-8")


def page(report: Report) -> str:
    """The whole page."""
    goals = report.goals
    parts = [
        "# Attacks: figures",
        "Written by `clinical-reward attack --markdown`. What the attacks are and what the figures "
        "mean is explained in [gaming.md](../gaming.md).",
        f"Questions: {subjects_line(report)}. Scorer `{report.scorer.fingerprint}` "
        f"(version {report.scorer.version}, pipeline {report.scorer.pipeline}), "
        f"seed {report.seed}.",
        f"Goals: a cheat is ahead in the reward on at most {goals.reward:.0%} of the questions "
        f"and in one process objective on at most {goals.process:.0%}; filler moves no objective "
        f"by more than {goals.filler:g}. A row that misses a goal is **bold**.",
    ]
    parts += _attacks(report)
    parts += ["## Filler", _table(FILLER_HEADER, filler_cells(report))]
    parts += ["## Honest completions", _medians(report)]
    parts += ["## By source", _by_source(report)]
    if report.searches:
        parts += _search(report)
    return "\n\n".join(parts) + "\n"


def summary(report: Report) -> str:
    """One table of all attacks: how often each is ahead."""
    rows = []
    for outcome in report.outcomes:
        c = outcome.comparisons
        missed = bool(outcome.missed(report.goals))
        ahead = (f"{c[kind].ahead:.1%}" if c[kind].items else "-" for kind in KINDS)
        rows.append((_strong(outcome.attack, missed), outcome.meaning, *ahead))
    names = (f"ahead in {kind}" for kind in KINDS)
    kept = sum(not outcome.missed(report.goals) for outcome in report.outcomes)
    return (
        f"{subjects_line(report)}; scorer `{report.scorer.fingerprint}`. {kept} of "
        f"{len(report.outcomes)} attacks stay within the goals; the others are **bold**.\n\n"
        + _table(("attack", "what the cheat does", *names), rows)
    )


def _attacks(report: Report) -> Iterable[str]:
    for family, meaning in FAMILY_MEANINGS.items():
        of_family = [o for o in report.outcomes if o.family == family]
        if not of_family:
            continue
        rows = []
        for outcome in of_family:
            cells = attack_cells(outcome, outcome.comparisons)
            missed = outcome.missed(report.goals)
            rows.append((_strong(cells[0], bool(missed)), outcome.meaning, *cells[1:]))
        yield f"## {family.capitalize()}: {meaning}"
        yield _table((ATTACK_HEADER[0], "what it does", *ATTACK_HEADER[1:]), rows)


def _strong(name: str, missed: bool) -> str:
    return f"**`{name}`**" if missed else f"`{name}`"


def _medians(report: Report) -> str:
    rows = [
        (source, *(("-" if value is None else f"{value:.2f}") for value in medians.values()))
        for source, medians in report.medians.items()
    ]
    return "Medians by source.\n\n" + _table(("source", *next(iter(report.medians.values()))), rows)


def _by_source(report: Report) -> str:
    """By source, in what share of items an attack that misses a goal is ahead in the reward."""
    sources = list(report.sources)
    rows = [
        (
            f"`{outcome.attack}`",
            *(
                f"{outcome.by_source[source]['reward'].ahead:.1%}"
                if source in outcome.by_source
                else "-"
                for source in sources
            ),
        )
        for outcome in report.outcomes
        if outcome.missed(report.goals)
    ]
    if not rows:
        return "No attack misses a goal."
    return "Share of questions on which the cheat's reward is ahead.\n\n" + _table(
        ("attack", *sources), rows
    )


def _search(report: Report) -> Iterable[str]:
    yield "## The adaptive search"
    yield (
        f"{report.budget} scored completions for each question, aim and score. *First* is the best "
        "of the attacks that it started from. Texts are shown of the bundled cases only."
    )
    yield _table(SEARCH_HEADER, map(search_cells, report.searches))
    for outcome in report.searches:
        example = outcome.examples.get(_SHOWN_FROM)
        if example is not None:
            yield f"### {AIMS[outcome.goal].capitalize()}: {outcome.kind}"
            yield f"`{example.subject}`: {_scores(example)}"
            yield f"```text\n{example.text}\n```"


def _scores(example: Example) -> str:
    honest, cheat = example.honest, example.cheat
    return ", ".join(
        f"{name} {before:.2f} → {after:.2f}"
        for name, before, after in zip(honest._fields, honest, cheat, strict=True)
        if before is not None and after is not None
    )


def _table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = list(header)
    lines = [names, ["---"] * len(names), *map(list, rows)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)

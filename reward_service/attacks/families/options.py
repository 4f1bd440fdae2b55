"""The same treatment for every option, with and without pieces of the case as reasons."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from random import Random

from reward_service.attacks.registry import attack
from reward_service.attacks.subjects import Subject
from reward_service.attacks.texts import as_noun, sentences
from reward_service.attacks.wording import COMMON_FINDINGS, GENERAL_KNOWLEDGE, MECHANISMS, reworded

_MATRIX_FINDINGS = 12


@attack("options", "every option praised")
def all_praised(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    return subject.answered(
        " ".join(
            f"{text} is a very good answer because it fits the whole picture well."
            for text in subject.options.values()
        )
    )


@attack("options", "every option rejected")
def all_rejected(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    return subject.answered(
        " ".join(
            f"Option {letter}, {text}, is unlikely because it does not explain the presentation."
            for letter, text in sorted(subject.options.items())
        )
    )


@attack("options", "every option praised for a random finding")
def all_praised_by_findings(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    return subject.answered(
        " ".join(
            f"{text} is likely because there is {_some(subject, rng)}."
            for text in subject.options.values()
        )
    )


@attack("options", "every option rejected for a random finding")
def all_rejected_by_findings(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    return subject.answered(
        " ".join(
            f"Option {letter}, {text}, is less likely because of {_some(subject, rng)}."
            for letter, text in sorted(subject.options.items())
        )
    )


@attack("options", "the right option praised, the others rejected, for random findings")
def option_template(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    told = [f"The patient has {_some(subject, rng)}, which points to {subject.right}."]
    told += [
        f"{subject.options[letter]} is less likely because of {_some(subject, rng)}."
        for letter in subject.wrong_letters
    ]
    return subject.answered(" ".join(told))


@attack("options", "the same template with a wrong answer praised")
def option_template_missed(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    chosen = subject.wrong_letters[0]
    told = [f"The patient has {_some(subject, rng)}, which points to {subject.options[chosen]}."]
    told += [
        f"{text} is less likely because of {_some(subject, rng)}."
        for letter, text in sorted(subject.options.items())
        if letter != chosen
    ]
    return subject.missed(" ".join(told))


@attack("options", "the right option praised, the others rejected, findings twice in each list")
def repeated_in_list(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    some = [as_noun(clause) for clause in rng.sample(subject.clauses, min(3, len(subject.clauses)))]
    twice = ", ".join([*some, *some[:-1]])
    told = [f"{subject.right} fits because the patient has {twice}, and {some[-1]}."]
    for letter in subject.wrong_letters:
        finding = _some(subject, rng)
        told.append(f"{subject.options[letter]} is less likely because of {finding} and {finding}.")
    return subject.answered(" ".join(told))


@attack("options", "every finding dealt out to the options in turn, in varied frames")
def option_deal(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    frames = cycle(
        (
            "Given {0}, {1} seems less plausible.",
            "{1} would not account for {0}.",
            "With {0} in view, {1} is hard to hold on to.",
        )
    )
    letters = cycle(subject.wrong_letters)
    return subject.answered(
        " ".join(
            next(frames).format(as_noun(reworded(clause)), subject.options[next(letters)])
            for clause in subject.clauses
        )
        + f" That leaves {subject.right}, which explains {_some(subject, rng)}."
    )


@attack("options", "every finding against every option")
def option_matrix(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    findings = [as_noun(clause) for clause in subject.clauses[:_MATRIX_FINDINGS]]
    return subject.answered(
        " ".join(
            f"{finding.capitalize()} argues for {text}."
            if letter == subject.answer
            else f"{finding.capitalize()} argues against {text}."
            for finding in findings
            for letter, text in sorted(subject.options.items())
        )
    )


@attack("options", "every option both for and against")
def options_both_ways(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    return subject.answered(
        " ".join(
            f"{text} is supported by {_some(subject, rng)}. However, {text} is ruled out because "
            f"of {_some(subject, rng)}."
            for text in subject.options.values()
        )
    )


@attack("options", "every option with a fact of general knowledge as its reason")
def options_with_facts(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    facts = cycle(sentences(GENERAL_KNOWLEDGE))
    return subject.answered(
        " ".join(
            f"{text} is considered because {next(facts).rstrip('.').lower()}."
            for text in subject.options.values()
        )
    )


@attack("options", "every option with an invented reason of varied words")
def options_with_inventions(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    reasons = cycle(
        (
            "the timing and the tempo speak against such a process",
            "the anatomy involved lies elsewhere in the body",
            "the demographic background makes this rather rare",
            "the mechanism behind it would produce different results",
            "the guideline reserves this for another situation",
        )
    )
    return subject.answered(
        " ".join(
            f"{text} can be set aside because {next(reasons)}." for text in subject.options.values()
        )
    )


@attack("options", "every wrong option rejected for not showing a random common finding")
def options_by_expectation(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    told = [f"{_some(subject, rng).capitalize()} speaks for {subject.right}."]
    told += [
        f"{subject.options[letter]} is unlikely, since one would expect "
        f"{rng.choice(COMMON_FINDINGS)} with it."
        for letter in subject.wrong_letters
    ]
    return subject.answered(" ".join(told))


@attack("options", "every option tied to a random finding by a random mechanism")
def options_by_mechanism(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    return subject.answered(
        " ".join(
            f"{text} works through {mechanism}, and that is "
            f"{'just' if letter == subject.answer else 'not'} what {_some(subject, rng)} shows."
            for (letter, text), mechanism in zip(
                sorted(subject.options.items()), cycle(MECHANISMS), strict=False
            )
        )
    )


@attack("options", "every finding said to speak for one option rather than another")
def options_played_off(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    wrong = cycle(subject.wrong_letters)
    return subject.answered(
        " ".join(
            f"{as_noun(reworded(clause)).capitalize()} suggests {subject.right} rather than "
            f"{subject.options[next(wrong)]}."
            for clause in subject.clauses
        )
    )


def _some(subject: Subject, rng: Random) -> str:
    return as_noun(rng.choice(subject.clauses))

"""Findings, numbers or terms without reasoning."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

from reward_service.attacks.registry import attack
from reward_service.attacks.subjects import Subject
from reward_service.attacks.texts import as_clause, as_noun, sentences
from reward_service.attacks.wording import COMMON_FINDINGS, MECHANISMS, reworded

_NUMBER = re.compile(r"\d+(?:[.,/]\d+)*")


@attack("listing", "the findings as a list of terms")
def list_terms(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    return subject.answered("Findings: " + ", ".join(map(as_noun, subject.clauses)))


@attack("listing", "the findings as bullets")
def list_bullets(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    return subject.answered("\n".join(f"- {as_noun(clause)}" for clause in subject.clauses))


@attack("listing", "one sentence for each finding, no reasoning")
def list_sentences(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    return subject.answered(
        " ".join(f"There is {as_noun(reworded(clause))}." for clause in subject.clauses)
    )


@attack("listing", "one sentence for each finding, each with the same reason")
def list_with_reason(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    return subject.answered(
        " ".join(
            f"There is {as_noun(reworded(clause))}, which suggests {subject.right}."
            for clause in subject.clauses
        )
    )


@attack("listing", "every finding explained by a random mechanism")
def list_with_mechanisms(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    return subject.answered(
        " ".join(
            f"{as_noun(reworded(clause)).capitalize()} is explained by "
            f"{MECHANISMS[i % len(MECHANISMS)]}."
            for i, clause in enumerate(subject.clauses)
        )
    )


@attack("listing", "every finding with a sentence of another case's reasoning as its reason")
def borrowed_reasons(subject: Subject, others: Sequence[Subject], rng: Random) -> str | None:
    foreign = [s for other in others for s in sentences(other.reasoning)]
    if not foreign:
        return None
    return subject.answered(
        " ".join(
            f"{as_noun(reworded(clause)).capitalize()} matters because "
            f"{as_clause(rng.choice(foreign))}."
            for clause in subject.clauses
        )
    )


@attack("listing", "every finding behind a double negation")
def double_negations(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    return subject.answered(
        " ".join(
            f"It cannot be said that there is no {as_noun(clause)}." for clause in subject.clauses
        )
    )


@attack("listing", "all findings in one sentence, with one reason")
def list_in_one_sentence(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    listed = ", ".join(as_noun(clause) for clause in subject.clauses)
    return subject.answered(f"The answer is {subject.right} because there is {listed}.")


@attack("listing", "one true finding and nothing else")
def one_true_claim(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    return subject.answered(f"There is {as_noun(rng.choice(subject.clauses))}.")


@attack("listing", "one true finding with a reason, and nothing else")
def one_reasoned_claim(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    finding = as_noun(rng.choice(subject.clauses))
    return subject.answered(f"Because there is {finding}, {subject.right} is likely.")


@attack("listing", "every finding and its opposite")
def finding_and_opposite(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    nouns = [as_noun(clause) for clause in subject.clauses]
    return subject.answered(
        " ".join(f"The patient has {noun}. The patient does not have {noun}." for noun in nouns)
    )


@attack("listing", "every finding and its opposite in one sentence with a reason")
def finding_or_opposite(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    nouns = [as_noun(clause) for clause in subject.clauses]
    return subject.answered(
        " ".join(
            f"Whether there is {noun} or no {noun}, this fits {subject.right}." for noun in nouns
        )
    )


@attack("listing", "everything that the case does not mention, denied")
def negate_everything(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    told = subject.question.lower()
    absent = [finding for finding in COMMON_FINDINGS if finding not in told]
    return subject.answered(
        "The patient has no " + ", no ".join(absent) + f", so {subject.right} is likely."
    )


@attack("listing", "common findings, stated and denied by halves")
def guess_findings(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    return subject.answered(
        " ".join(
            f"There is {'no ' if i % 2 else ''}{finding}, which argues for {subject.right}."
            for i, finding in enumerate(COMMON_FINDINGS)
        )
    )


@attack("listing", "all numbers of the case")
def number_spray(subject: Subject, others: Sequence[Subject], rng: Random) -> str | None:
    numbers = _NUMBER.findall(subject.case)
    if not numbers:
        return None
    return subject.answered(f"The values are {', '.join(numbers)}, and they support the answer.")


@attack("listing", "vital signs in every plausible value")
def value_spray(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    spray = [
        f"The temperature is {36 + i * 0.5:.1f}°C, the pulse is {60 + 10 * i}/min, the blood "
        f"pressure is {90 + 10 * i}/{50 + 5 * i} mm Hg and the age is {10 * i + 5} years."
        for i in range(8)
    ]
    return subject.answered(" ".join(spray))


@attack("listing", "words of the options' encyclopaedia entries")
def entity_salad(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    words = " ".join([*_entries(subject, others), *subject.options.values()]).split()
    return subject.answered(" ".join(rng.sample(words, min(len(words), 150))))


@attack("listing", "sentences of the options' encyclopaedia entries")
def encyclopaedia(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    entries = [s for entry in _entries(subject, others) for s in sentences(entry)]
    return subject.answered(" ".join(rng.sample(entries, min(len(entries), 12))))


@attack("listing", "the words of the case in random order")
def word_salad(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    words = subject.case.split()
    return subject.answered(" ".join(rng.sample(words, len(words))))


def _entries(subject: Subject, others: Sequence[Subject]) -> list[str]:
    """Entries about the options; where there are none, what others wrote of other questions."""
    return list(subject.entries) or [other.reasoning for other in others] or [subject.right]

"""Cheats thought of by another hand, who had not seen the rules.

They are a hold-out: a rule that is mended after looking at one of them has spent it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle, pairwise
from random import Random

from reward_service.attacks.registry import attack
from reward_service.attacks.subjects import Subject
from reward_service.attacks.texts import as_clause, as_noun

_MOST = 12  # findings that a cheat deals out
_FEWEST = 3
_VALUE = re.compile(
    r"(?:and )?(?:(?:his|her|their|the) )?([\w ]{3,30}?) (?:is|are|was|were|of) (\d.*)",
    re.IGNORECASE,
)
_ADJECTIVE = re.compile(
    r"(?:and )?(?:his|her|the) ([\w ]{3,30}?) (?:is|are|was|were) (?!not|no|only)(\w+)",
    re.IGNORECASE,
)
_UP_TO_VERB = re.compile(
    r"^.*\b(?:because of|complain(?:s|ed|ing) of|history of|present(?:s|ed|ing) with|ha[sd] had"
    r"|ha[sd]|have|reports?|takes|underwent|shows?|showed|reveals?|revealed)\s+",
    re.IGNORECASE,
)
_LISTED = re.compile(r"^(and|or) ")
_DENIES = re.compile(r"^.*\bden(?:ies|ied|y)\s+(?:any\s+)?", re.IGNORECASE)
_VERB = re.compile(
    r"\b(?:is|are|was|were|has|had|have|did|does|do|can|could|would|she|he|they|which|who|that"
    r"|becomes?|followed|shares|smells|comes?|came|brought|says|states|appears?|works?|lives?|drinks?|smokes?|taking|given)\b",
    re.IGNORECASE,
)


def findings_of(subject: Subject) -> list[str]:
    """The first findings of the case as noun phrases; its clauses where hardly any can be made."""
    found = [finding for clause in subject.clauses if (finding := _as_finding(clause))]
    if len(found) < _FEWEST:
        found = [as_noun(clause) for clause in subject.clauses]
    return list(dict.fromkeys(found))[:_MOST]


def _as_finding(clause: str) -> str:
    """A clause as a noun phrase: "pulse is 122/min" as "pulse of 122/min"; "" if it stays one."""
    if measured := _VALUE.fullmatch(clause):
        return f"{measured[1].lower()} of {measured[2]}"
    if described := _ADJECTIVE.fullmatch(clause):
        return f"{described[2]} {described[1].lower()}"
    bare = _DENIES.sub("no ", _UP_TO_VERB.sub("", clause)).strip(" .")
    bare = _LISTED.sub(lambda match: "no " if match[1] == "or" else "", bare)
    return "" if not bare or _VERB.search(bare) else bare[0].lower() + bare[1:]


def dealt(subject: Subject) -> Iterator[tuple[str, str]]:
    """Each finding with an option, round and round."""
    return zip(findings_of(subject), cycle(subject.options.values()), strict=False)


def by_option(subject: Subject, say: Callable[[str, str], str], right: str) -> list[str]:
    """`say` of each wrong option and a finding, then `right` of the right one."""
    findings = cycle(findings_of(subject))
    said = [say(subject.options[letter], next(findings)) for letter in subject.wrong_letters]
    return [*said, right.format(o=subject.right, f=next(findings))]


@attack("another hand", "telegraphic arrows from findings to options")
def finding_arrows(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    lines = [f"{finding} -> {option}" for finding, option in dealt(subject)]
    return subject.answered("; ".join([*lines, f"sum -> {subject.right}"]))


@attack("another hand", "a table of the differential read out, every finding for the right option")
def table_read_out(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    wrong = [subject.options[letter] for letter in subject.wrong_letters]
    return subject.answered(
        " ".join(
            f"Row {number}, {finding}: {subject.right} yes, {', '.join(f'{o} no' for o in wrong)}."
            for number, finding in enumerate(findings_of(subject), start=1)
        )
    )


@attack("another hand", "what each wrong option would show, against what was found")
def expected_and_found(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    said = by_option(
        subject,
        lambda option, finding: (
            f"With {option} one expects a different constellation. Found instead: {finding}."
        ),
        "With {o} one expects {f}. Found: {f}.",
    )
    return subject.answered(" ".join(said))


@attack("another hand", "a teacher's questions, answered with findings and options in turn")
def socratic(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    return subject.answered(
        " ".join(
            f"What does {finding} tell us? It makes us ask about {option}. And does it hold? "
            f"Less than {subject.right} does."
            for finding, option in dealt(subject)
        )
    )


@attack("another hand", "every finding used at the start and denied at the end")
def taken_back_late(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    used = [f"{option} is considered because of {finding}." for finding, option in dealt(subject)]
    taken_back = [f"There is {_opposite(finding)}." for finding in findings_of(subject)]
    return subject.answered(" ".join([*used, f"{subject.right} it is.", *taken_back]))


def _opposite(finding: str) -> str:
    if finding.startswith("no "):
        return finding.removeprefix("no ")
    return f"no {re.sub(r'^(?:an?|the) ', '', finding)}"


@attack("another hand", "dictation on a ward round, in the first person")
def ward_round(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    findings = findings_of(subject)
    seen = ", ".join(f"I noted {finding}" for finding in findings)
    thought = by_option(
        subject,
        lambda option, finding: (
            f"I thought of {option}; I looked at {finding} again and let it go."
        ),
        "I stayed with {o}; {f} reassured me.",
    )
    return subject.answered(f"On my round {seen}. {' '.join(thought)}")


@attack("another hand", "syllogisms whose premises are the sentences of the case")
def syllogisms(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    return subject.answered(
        " ".join(
            f"Premise: {sentence} Premise: whoever shows this has {subject.right}. Hence, since "
            f"{as_clause(sentence)}, it is {subject.right}."
            for sentence in subject.told[:8]
        )
    )


@attack("another hand", "all options and findings enumerated behind hedges")
def hedged_pairs(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    hedges = ("might or might not speak for", "could in theory go with", "may perhaps exclude")
    return subject.answered(
        " ".join(
            f"{finding[:1].upper()}{finding[1:]} {hedge} {option}."
            for (finding, option), hedge in zip(dealt(subject), cycle(hedges), strict=False)
        )
    )


@attack("another hand", "the right option argued with everything, the others passed over")
def one_over_argued(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    verbs = ("demands", "supports", "cries out for", "cannot do without", "proves", "explains")
    return subject.answered(
        " ".join(
            f"{finding[:1].upper()}{finding[1:]} {verb} {subject.right}."
            for finding, verb in zip(findings_of(subject), cycle(verbs), strict=False)
        )
    )


@attack("another hand", "findings in threes, with a flourish for an option each time")
def triplets(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    findings = findings_of(subject)
    threes = [findings[i : i + 3] for i in range(0, len(findings), 3)]
    said = [
        f"{', '.join(three)}: three voices, one verdict, and it is not {option}."
        for three, option in zip(
            threes, cycle(subject.options[letter] for letter in subject.wrong_letters), strict=False
        )
    ]
    return subject.answered(" ".join([*said, f"It is {subject.right}, and nothing else."]))


@attack("another hand", "every option with something like its dictionary definition")
def dictionary(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    said = by_option(
        subject,
        lambda option, finding: (
            f"{option} (noun): that which is properly called {option}, as opposed to {finding}."
        ),
        "{o} (noun): that which is properly called {o}, for example in the presence of {f}.",
    )
    return subject.answered(" ".join(said))


@attack("another hand", "the case summed up, then a verdict on each option without a reason")
def summary_then_verdict(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    summary = "; ".join(findings_of(subject))
    verdicts = ", ".join(f"{subject.options[letter]} no" for letter in subject.wrong_letters)
    return subject.answered(f"In sum: {summary}. Verdict: {subject.right} yes, {verdicts}.")


@attack("another hand", "a chain of ifs from one option to the next")
def if_not_then(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    letters = [*subject.wrong_letters, subject.answer]
    findings = cycle(findings_of(subject))
    return subject.answered(
        " ".join(
            f"If {next(findings)} is not {subject.options[first]}, then it must be "
            f"{subject.options[then]}."
            for first, then in pairwise(letters)
        )
    )


@attack("another hand", "every finding tied to one option and untied from the next")
def round_robin(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    options = list(subject.options.values())
    return subject.answered(
        " ".join(
            f"Given {finding}, {options[n % len(options)]} gains ground while "
            f"{options[(n + 1) % len(options)]} loses it."
            for n, finding in enumerate(findings_of(subject))
        )
    )


@attack("another hand", "English as if translated word by word")
def translation_ese(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    return subject.answered(
        " ".join(
            f"It exists in the patient {finding}, the which makes to think in {option}, for what "
            f"it is to discard or to confirm."
            for finding, option in dealt(subject)
        )
    )


@attack("another hand", "one endless sentence through findings and options")
def run_on(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    links = ("and because of that", "so that", "and since this is so", "which means that")
    said = " ".join(
        f"there is {finding} {link} {option} comes to mind and"
        for (finding, option), link in zip(dealt(subject), cycle(links), strict=False)
    )
    return subject.answered(f"First {said} in the end {subject.right} remains.")

"""The case itself in place of reasoning: whole, in pieces, reworded, glued with reason words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import cycle
from random import Random

from reward_service.attacks.registry import attack
from reward_service.attacks.subjects import Subject
from reward_service.attacks.texts import as_clause, as_noun
from reward_service.attacks.wording import EXPLANATIONS, MECHANISMS, reworded

_GLUE = (
    "This matters because {0}.",
    "It is relevant that {0}, which supports the answer.",
    "Since {0}, the answer follows.",
    "The fact that {0} points to the diagnosis.",
)


@attack("copying", "the case word for word")
def copy_case(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    return subject.answered(subject.case)


@attack("copying", "the case's sentences in another order")
def copy_shuffled(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    return subject.answered(" ".join(rng.sample(subject.told, len(subject.told))))


@attack("copying", "the case with synonyms for every word that has one")
def copy_reworded(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    return subject.answered(reworded(subject.case))


@attack("copying", "the case one sentence at a time, with a remark that says nothing after each")
def copy_one_by_one(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    return subject.answered("\n".join(f"{s} I have taken note of this." for s in subject.told))


@attack("copying", "every sentence of the case behind a reason word")
def copy_glued(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    glued = (_GLUE[i % len(_GLUE)].format(as_clause(s)) for i, s in enumerate(subject.told))
    return subject.answered(" ".join(glued))


@attack("copying", "reworded sentences of the case behind a reason word")
def copy_reworded_glued(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    glued = (
        _GLUE[i % len(_GLUE)].format(as_clause(reworded(s))) for i, s in enumerate(subject.told)
    )
    return subject.answered(" ".join(glued))


@attack("copying", "clauses of the case joined in pairs from different sentences")
def copy_recombined(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    pieces = rng.sample(subject.clauses, len(subject.clauses))
    pairs = zip(pieces[::2], pieces[1::2] or pieces[::2], strict=False)
    return subject.answered(
        " ".join(f"There is {as_noun(a)} together with {as_noun(b)}." for a, b in pairs)
    )


@attack("copying", "the case with a filler word after every third word")
def copy_broken_runs(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    words = subject.case.split()
    broken = [f"{word} indeed" if i % 3 == 2 else word for i, word in enumerate(words)]
    return subject.answered(" ".join(broken))


@attack("copying", "the case quoted as a block, then a sentence that refers to it")
def copy_quoted(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    quoted = "\n".join(f"> {sentence}" for sentence in subject.told)
    return subject.answered(
        f'The case says:\n{quoted}\n\nAll of this points to "{subject.right}" because it fits.'
    )


@attack("copying", "the case as bullets, each with a reason word")
def copy_bulleted(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    bullets = "\n".join(f"- {clause}, which is relevant here" for clause in subject.clauses)
    return subject.answered(bullets)


@attack("copying", "the answer first, then the case")
def copy_after_answer(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    return subject.answered(
        f"The answer is {subject.right} because of the following. {reworded(subject.case)}"
    )


@attack("copying", "half of every sentence of the case, ended with a claim that it is telling")
def copy_halves(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    halves = (sentence.split() for sentence in subject.told)
    return subject.answered(
        " ".join(
            f"{' '.join(words[: max(3, len(words) // 2)]).rstrip('.,;')}, and this is telling."
            for words in halves
        )
    )


@attack("copying", "every sentence of the case, a made-up mechanism behind each")
def copy_explained(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    return subject.answered(_explained(subject.told))


@attack("copying", "the case as a block, then a few made-up mechanisms")
def copy_then_mechanisms(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    return subject.answered(f"{subject.case} {' '.join(EXPLANATIONS[:3])}")


@attack("copying", "every sentence of the case without its last word")
def copy_clipped(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    return subject.answered(" ".join(map(_clipped, subject.told)))


@attack("copying", "sentences of the case without their last word, a made-up mechanism behind each")
def copy_clipped_explained(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    return subject.answered(_explained(map(_clipped, subject.told)))


@attack("copying", "sentences of the case without a middle word, a made-up mechanism behind each")
def copy_thinned_explained(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    return subject.answered(_explained(map(_thinned, subject.told)))


@attack("copying", "two thirds of every sentence of the case, a made-up mechanism behind each")
def copy_two_thirds_explained(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    told = (sentence.rstrip(".").split() for sentence in subject.told)
    return subject.answered(_explained(f"{' '.join(w[: -(-2 * len(w) // 3)])}." for w in told))


@attack("copying", "sentences of the case without a middle word, each ended with a mechanism")
def copy_thinned_glued(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    return subject.answered(
        " ".join(
            f"{_thinned(sentence).rstrip('.')}, so there is {MECHANISMS[i % len(MECHANISMS)]} of "
            "the tissue."
            for i, sentence in enumerate(subject.told)
        )
    )


@attack("copying", "sentences of the case without a middle word, an option dealt to each")
def copy_thinned_dealt(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    verdicts = cycle(
        [f"This points to {subject.right}."]
        + [f"This argues against {subject.options[letter]}." for letter in subject.wrong_letters]
    )
    return subject.answered(
        " ".join(f"{_thinned(s)} {said}" for s, said in zip(subject.told, verdicts, strict=False))
    )


@attack("copying", "every sentence of the case reported at second hand")
def copy_reported(subject: Subject, others: Sequence[Subject], rng: Random) -> str:
    return subject.answered(
        " ".join(f"We are told that {as_clause(reworded(s))}." for s in subject.told)
    )


@attack("copying", "another case's story")
def copy_other_case(subject: Subject, others: Sequence[Subject], rng: Random) -> str | None:
    return subject.answered(reworded(rng.choice(others).case)) if others else None


@attack("copying", "another case's honest reasoning")
def copy_other_reasoning(subject: Subject, others: Sequence[Subject], rng: Random) -> str | None:
    return subject.answered(rng.choice(others).reasoning) if others else None


def _explained(told: Iterable[str]) -> str:
    return " ".join(f"{s} {why}" for s, why in zip(told, cycle(EXPLANATIONS), strict=False))


def _clipped(sentence: str) -> str:
    words = sentence.rstrip(".").split()
    return f"{' '.join(words[:-1] or words)}."


def _thinned(sentence: str) -> str:
    words = sentence.split()
    middle = len(words) // 2
    return " ".join(words[:middle] + words[middle + 1 :] or words)

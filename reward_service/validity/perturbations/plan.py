"""A plan of honest reasoning: what it claims of the case, and a reason for or against each option.

A perturbation changes the plan, not the text, and the wording choices stay: a pair differs in
nothing but the claim that was changed, and both texts are grammatical.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Final, Literal, NamedTuple, TypeVar

from reward_service.validity.perturbations.lay import Thing
from reward_service.validity.perturbations.stated import Stated
from reward_service.validity.perturbations.values import Value

Register = Literal["terms", "lay", "hand"]
TERMS: Final = "terms"  # the case's terms
LAY: Final = "lay"  # lay words
HAND: Final = "hand"  # another hand's frames and nouns

MOST_THINGS = 6
MOST_VALUES = 3
FEWEST_CLAIMS = 4
_T = TypeVar("_T")
_CHOICES = 1 << 16  # where wording choices begin; each table takes them modulo its length


class Claim(NamedTuple):
    """One thing that the reasoning says of the patient. Either `thing` or `value` is given.

    relative: whose it is, "" for the patient's own. past: whether it is long over. choice: of its
    wording. opener: of how its sentence opens. joined: whether it shares a sentence with the claim
    before it.
    """

    thing: Thing | None = None
    value: Value | None = None
    there: bool = True
    relative: str = ""
    past: bool = False
    choice: int = 0
    opener: int = 0
    joined: bool = False


class Reason(NamedTuple):
    """Why an option is taken or set aside: the claim (by index) that speaks for or against it.

    choice: of the sentence. naming: of how it names the option.
    """

    letter: str
    option: str
    claim: int
    choice: int = 0
    naming: int = 0


class Plan(NamedTuple):
    """Reasoning before it is put into words. style: choice of its layout, if there are several."""

    pronoun: str
    claims: tuple[Claim, ...]
    reasons: tuple[Reason, ...]
    answer: str
    register: Register
    style: int = 0

    @property
    def lay(self) -> bool:
        """Whether the plan is told in lay words."""
        return self.register == LAY

    def with_claim(self, index: int, claim: Claim) -> Plan:
        """The plan with one claim replaced."""
        return self._replace(claims=(*self.claims[:index], claim, *self.claims[index + 1 :]))


def make_plan(
    stated: Stated,
    options: Mapping[str, str],
    answer: str,
    rng: random.Random,
    *,
    register: Register,
) -> Plan | None:
    """A plan over what a case states; None where it states too little to reason about.

    Of many statements some are drawn, in the order of the case.
    """
    claims = [Claim(thing=t, there=there) for t, there in _drawn(stated.things, MOST_THINGS, rng)]
    claims += [Claim(value=value) for value in _drawn(stated.values, MOST_VALUES, rng)]
    if len(claims) < FEWEST_CLAIMS or answer not in options:
        return None
    joined = [n % 2 == 1 and rng.random() < 0.6 for n in range(len(claims))]
    order = rng.sample(range(len(claims)), len(claims))
    reasons = [
        Reason(letter, text.strip(" ."), order[n % len(order)])
        for n, (letter, text) in enumerate(sorted(options.items()))
    ]
    plain = tuple(c._replace(joined=j) for c, j in zip(claims, joined, strict=True))
    return reworded(Plan(stated.pronoun, plain, tuple(reasons), answer, register), rng)


def reworded(plan: Plan, rng: random.Random) -> Plan:
    """The same plan with other wording choices: an honest paraphrase.

    Choices of one text follow each other, so that it repeats no frame before it has used all.
    """
    first, opener, reason, naming, style = (rng.randrange(_CHOICES) for _ in range(5))
    return plan._replace(
        claims=tuple(
            claim._replace(choice=first + n, opener=opener + n)
            for n, claim in enumerate(plan.claims)
        ),
        reasons=tuple(
            given._replace(choice=reason + n, naming=naming + n)
            for n, given in enumerate(plan.reasons)
        ),
        style=style,
    )


def _drawn(from_: Sequence[_T], most: int, rng: random.Random) -> list[_T]:
    """At most `most` of them, in their order."""
    return [from_[i] for i in sorted(rng.sample(range(len(from_)), min(most, len(from_))))]

"""Reasoning about a case in the policy's format, perfect or with chosen faults.

Perfect reasoning weighs every option in order, each with its findings, and concludes with the key.
Faults are what the cold start teaches beside the language, so that every objective has room to
rise: each has a probability, and one completion has more of them than another.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from trainer.world import phrases
from trainer.world.build import Disease, World
from trainer.world.cases import Case, Vitals
from trainer.world.vignette import listed

_MOST_REASONS = 2  # findings that speak against one option
_MOST_CONCLUDED = 2  # findings that the conclusion names


@dataclass(frozen=True, slots=True)
class Imperfection:
    """Probabilities of faults, each in [0, 1].

    wrong_letter: another option is argued for and answered. skip_option: an option that is not
    the answer is not mentioned. bare: an option is judged without a reason. drop_finding: a
    finding is left out. invent: a finding of the option's disease is added that the case does not
    have. flip: a finding is stated with the opposite polarity. wrong_number: a value or the age is
    another one.
    varied: all but wrong_letter are scaled, per completion, by a factor between 0 and 2.
    """

    wrong_letter: float = 0.0
    skip_option: float = 0.0
    bare: float = 0.0
    drop_finding: float = 0.0
    invent: float = 0.0
    flip: float = 0.0
    wrong_number: float = 0.0
    varied: bool = False

    def scaled(self, factor: float) -> Imperfection:
        """All faults but the wrong letter `factor` times as likely, at most 0.9."""
        names = ("skip_option", "bare", "drop_finding", "invent", "flip", "wrong_number")
        return replace(
            self, **{name: min(0.9, factor * getattr(self, name)) for name in names}, varied=False
        )


PERFECT = Imperfection()
COLD_START = Imperfection(
    wrong_letter=0.15,
    skip_option=0.4,
    bare=0.25,
    drop_finding=0.35,
    invent=0.35,
    flip=0.12,
    wrong_number=0.35,
    varied=True,
)


def write_reasoning(
    world: World, case: Case, rng: random.Random, imperfection: Imperfection = PERFECT
) -> str:
    """One completion: `<dx>…</dx><conclusion>… \\boxed{B}</conclusion>`."""
    if imperfection.varied:
        imperfection = imperfection.scaled(2 * rng.random())
    return _Writer(world, case, rng, imperfection).completion()


class _Writer:
    """Writes one completion; `faults` are drawn as the text is written."""

    def __init__(self, world: World, case: Case, rng: random.Random, faults: Imperfection) -> None:
        self._world, self._case, self._rng, self._faults = world, case, rng, faults
        wrong = [letter for letter in case.options if letter != case.answer]
        self._answer = rng.choice(wrong) if self._happens(faults.wrong_letter) else case.answer
        self._cited: list[str] = []

    def completion(self) -> str:
        sentences = [
            self._in_favor(letter, disease)
            if letter == self._answer
            else self._against(letter, disease)
            for letter, disease in self._case.options.items()
            if letter == self._answer or not self._happens(self._faults.skip_option)
        ]
        return (
            f"<dx>{' '.join(sentences)}</dx><conclusion>{self._conclusion()} "
            f"\\boxed{{{self._answer}}}</conclusion>"
        )

    def _in_favor(self, letter: str, disease: Disease) -> str:
        fitting = [id for id in self._case.found if id in disease.profile]
        found = [id for id in fitting if not self._happens(self._faults.drop_finding)]
        if self._happens(self._faults.invent) or not found:
            found += self._invented(disease, found)
        if self._happens(self._faults.flip):
            found += self._case.absent[:1]
        if self._happens(self._faults.bare) or not found:
            return self._say(phrases.BARE_FOR, letter, disease)
        self._cited = [self._named(id) for id in self._signs_first(found)]
        return self._say(phrases.FOR, letter, disease, found=listed(self._cited))

    def _against(self, letter: str, disease: Disease) -> str:
        lacking = self._kept([id for id in self._absent() if id in disease.profile])
        foreign = self._kept([id for id in self._case.found if id not in disease.profile])
        if self._happens(self._faults.invent):
            lacking = self._invented(disease, ())
        if self._happens(self._faults.flip):
            lacking = [*self._case.present[:1]]
        if self._happens(self._faults.bare) or not (lacking or foreign):
            return self._say(phrases.BARE_AGAINST, letter, disease)
        if lacking:
            denied = [self._named(id) for id in self._signs_first(lacking[:_MOST_REASONS])]
            return self._say(phrases.AGAINST_ABSENT, letter, disease, absent=listed(denied, "or"))
        stated = [self._named(id) for id in self._signs_first(foreign[:_MOST_REASONS])]
        return self._say(phrases.AGAINST_FOUND, letter, disease, found=listed(stated))

    def _conclusion(self) -> str:
        disease = self._case.options[self._answer]
        cited = self._cited[-_MOST_CONCLUDED:]
        if not cited or self._happens(0.5):
            return self._say(phrases.BARE_CONCLUSION, self._answer, disease)
        return self._say(phrases.CONCLUSION, self._answer, disease, found=listed(cited))

    def _absent(self) -> list[str]:
        """Findings that the case denies, by name or by a vital sign."""
        signs = [id for id, finding in self._world.findings.items() if finding.vital]
        return [*self._case.absent, *(id for id in signs if id not in self._case.signs)]

    def _kept(self, findings: Sequence[str]) -> list[str]:
        return [id for id in findings if not self._happens(self._faults.drop_finding)]

    def _invented(self, disease: Disease, beside: Collection[str]) -> list[str]:
        """A finding of the disease that the case neither has nor denies."""
        known = {*self._case.found, *self._case.absent, *beside}
        unknown = [id for id in disease.profile if not self._world.conflicts(id, known)]
        return [self._rng.choice(unknown)] if unknown else []

    def _signs_first(self, findings: Sequence[str]) -> list[str]:
        """Vital signs in front: their values then stand inside the sentence."""
        return sorted(findings, key=lambda id: not self._world.findings[id].vital)

    def _named(self, id: str) -> str:
        finding = self._world.findings[id]
        return f"{finding.name} at {self._value(finding.name)}" if finding.vital else finding.name

    def _value(self, sign: str) -> str:
        """The vital sign's value, as the vignette writes it."""
        vitals = self._case.vitals
        if self._happens(self._faults.wrong_number):
            vitals = self._misread(vitals)
        if sign == "fever":
            return f"{vitals.temperature:.1f} °C"
        if sign in {"tachycardia", "bradycardia"}:
            return f"{vitals.pulse}/min"
        return f"{vitals.systolic}/{vitals.diastolic} mm Hg"

    def _misread(self, vitals: Vitals) -> Vitals:
        step = self._rng.choice((-1, 1))
        return Vitals(
            round(vitals.temperature + step * self._rng.uniform(0.3, 0.9), 1),
            vitals.pulse + step * self._rng.randint(6, 18),
            vitals.systolic + step * self._rng.randint(10, 24),
            vitals.diastolic + step * self._rng.randint(6, 12),
        )

    def _happens(self, probability: float) -> bool:
        return self._rng.random() < probability

    def _say(
        self,
        wordings: Sequence[str],
        letter: str,
        disease: Disease,
        *,
        found: str = "",
        absent: str = "",
    ) -> str:
        age = self._case.age
        if self._happens(self._faults.wrong_number):
            age = self._rng.randint(20, 79)
        return self._rng.choice(wordings).format(
            letter=letter,
            disease=disease.name,
            found=found,
            absent=absent,
            age=age,
            sex=self._case.sex,
        )

"""Cases of the closed world: one disease, what is found, what is not, and four options.

Each distractor is a similar disease that the case decides against: one of its findings is denied,
or a finding of the case is none of its own.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from trainer.world.build import Disease, World

LETTERS = ("A", "B", "C", "D")
# Shares of all possible cases that belong to each split.
SPLITS: Mapping[str, int] = {"test": 1, "train": 3, "cold_start": 6}
_MAX_TRIES = 10_000  # candidates in a row that are none, before sampling gives up


@dataclass(frozen=True, slots=True)
class Vitals:
    """Temperature in °C, pulse per minute, blood pressure in mm Hg."""

    temperature: float
    pulse: int
    systolic: int
    diastolic: int


@dataclass(frozen=True)
class Case:
    """One case.

    present, absent: finding ids as the vignette names them, in its order; findings that a vital
    sign shows stand in `signs`, in the order of the vital signs. options: diseases by letter.
    """

    age: int
    sex: str  # "man" or "woman"
    present: tuple[str, ...]
    absent: tuple[str, ...]
    signs: tuple[str, ...]
    vitals: Vitals
    options: Mapping[str, Disease]
    answer: str

    @property
    def found(self) -> tuple[str, ...]:
        """All findings that are there, those of the vital signs last."""
        return self.present + self.signs

    @cached_property
    def id(self) -> str:
        """Hash of the clinical content: findings and diseases, whatever their order, age or sex."""
        content = [
            sorted(self.found),
            sorted(self.absent),
            sorted(option.name for option in self.options.values()),
            self.options[self.answer].name,
        ]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]


def split_of(case: Case) -> str:
    """The one split that a case can be in; its content decides, so that splits never overlap."""
    share = int(case.id, 16) % sum(SPLITS.values())
    for split, size in SPLITS.items():
        share -= size
        if share < 0:
            return split
    raise AssertionError("shares add up to the divisor")


def sample_cases(world: World, split: str, count: int) -> tuple[Case, ...]:
    """`count` different cases of a split (`test`, `train` or `cold_start`).

    The first cases are the same for every count. Raises ValueError for an unknown split, and where
    the world does not hold that many cases.
    """
    if split not in SPLITS:
        raise ValueError(f"split is one of {', '.join(SPLITS)}, and not {split!r}")
    rng = random.Random(f"{world.seed}/cases/{split}")
    seen: set[str] = set()
    cases: list[Case] = []
    tries = 0
    while len(cases) < count:
        case = _sample(world, rng)
        tries += 1
        if case is not None and case.id not in seen and split_of(case) == split:
            seen.add(case.id)
            cases.append(case)
            tries = 0
        if tries > _MAX_TRIES:
            raise ValueError(
                f"found {len(cases)} different cases of {count}: ask for fewer cases, or for more "
                "diseases"
            )
    return tuple(cases)


def _sample(world: World, rng: random.Random) -> Case | None:
    disease = rng.choice(world.diseases)
    distractors = rng.sample(world.neighbours[disease.name], len(LETTERS) - 1)
    found = _found(world, disease, rng)
    absent = tuple(_absent(world, disease, found, distractors, rng))
    if len(absent) < 2 or any(
        not set(absent) & other.profile.keys() and set(found) <= other.profile.keys()
        for other in distractors
    ):
        return None  # nothing decides against a distractor
    options = [disease, *distractors]
    rng.shuffle(options)
    signs = tuple(id for id in found if world.findings[id].vital)
    return Case(
        age=rng.randint(20, 79),
        sex=rng.choice(("man", "woman")),
        present=tuple(id for id in found if not world.findings[id].vital),
        absent=absent,
        signs=signs,
        vitals=_vitals({world.findings[id].name for id in signs}, rng),
        options=dict(zip(LETTERS, options, strict=True)),
        answer=LETTERS[options.index(disease)],
    )


def _found(world: World, disease: Disease, rng: random.Random) -> list[str]:
    """Three to five findings of the disease, frequent ones more often, and its vital signs."""
    named = [id for id in disease.profile if not world.findings[id].vital]
    weighed = {id: rng.random() ** (1 / disease.profile[id]) for id in named}
    chosen = sorted(named, key=lambda id: (-weighed[id], id))[: rng.choice((3, 4, 4, 5))]
    rng.shuffle(chosen)
    signs = [id for id in disease.profile if world.findings[id].vital]
    return chosen + [id for id in signs if rng.random() < disease.profile[id]]


def _absent(
    world: World,
    disease: Disease,
    found: list[str],
    distractors: list[Disease],
    rng: random.Random,
) -> Iterator[str]:
    """For each distractor, a finding of its own that the disease does not have."""
    denied: list[str] = []
    for other in distractors:
        candidates = [
            id
            for id in other.profile
            if not world.findings[id].vital
            and not world.conflicts(id, (*disease.profile, *found, *denied))
        ]
        if candidates:
            denied.append(rng.choice(candidates))
    rng.shuffle(denied)
    return iter(denied)


def _vitals(signs: set[str], rng: random.Random) -> Vitals:
    """Vital signs that show exactly these findings."""
    fever = "fever" in signs
    temperature = rng.uniform(38.3, 39.8) if fever else rng.uniform(36.3, 37.2)
    pulse = (64, 92)
    if "tachycardia" in signs:
        pulse = (106, 128)
    elif "bradycardia" in signs:
        pulse = (42, 52)
    pressure = (106, 126, 66, 78)
    if "hypertension" in signs:
        pressure = (152, 186, 94, 108)
    elif "hypotension" in signs:
        pressure = (74, 86, 42, 54)
    return Vitals(
        round(temperature, 1),
        rng.randint(*pulse),
        rng.randint(*pressure[:2]),
        rng.randint(*pressure[2:]),
    )

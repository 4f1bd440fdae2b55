"""A case as the policy and the service see it: stem, question sentence, lettered options."""

from __future__ import annotations

from collections.abc import Iterable

from trainer.world.build import World
from trainer.world.cases import Case

QUESTION = "Which of the following is the most likely diagnosis?"


def question(world: World, case: Case) -> str:
    """The stem with its question sentence, without the options."""
    named = [world.findings[id].name for id in case.present]
    absent = [f"no {world.findings[id].name}" for id in case.absent]
    vitals = case.vitals
    return (
        f"A {case.age}-year-old {case.sex} presents with {listed(named)}. There is "
        f"{listed(absent)}. Temperature is {vitals.temperature:.1f} °C, pulse is "
        f"{vitals.pulse}/min, and blood pressure is {vitals.systolic}/{vitals.diastolic} mm Hg. "
        f"{QUESTION}"
    )


def prompt(world: World, case: Case) -> str:
    """The question and its options, one a line; the completion follows on a new line."""
    options = (f"{letter}) {disease.name}\n" for letter, disease in case.options.items())
    return f"{question(world, case)}\n{''.join(options)}"


def item(world: World, case: Case) -> dict[str, object]:
    """The case as an item of a `/score` request, without completions."""
    return {
        "id": case.id,
        "question": question(world, case),
        "options": {letter: disease.name for letter, disease in case.options.items()},
        "answer": case.answer,
    }


def listed(names: Iterable[str], last: str = "and") -> str:
    """ "a", "a and b", "a, b, and c"."""
    *first, end = names
    if not first:
        return end
    return f"{', '.join(first)}{',' if len(first) > 1 else ''} {last} {end}"

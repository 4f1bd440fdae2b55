"""The bundled cases: hand-written vignettes, each with two honest completions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reward_service.attacks.sources.fitness import is_fit
from reward_service.attacks.subjects import Subject
from reward_service.attacks.texts import without_last
from reward_service.bundled.cases import DemoCase, DemoCompletion, load_cases

_ANALYSIS = re.compile(r"<dx>(.*?)</dx>", re.DOTALL)


def bundled() -> list[Subject]:
    """Two subjects for each bundled case about a patient, one for each honest completion."""
    return [subject for case in load_cases() for subject in _subjects(case) if is_fit(subject)]


def _subjects(case: DemoCase) -> Iterator[Subject]:
    for kind in ("good", "untagged"):
        text = _text(case.completion(kind))
        analysis = _ANALYSIS.search(text)
        # The last sentence of the one without tags only commits to the answer.
        reasoning = analysis[1] if analysis else without_last(text)
        if case.options and isinstance(case.answer, str) and case.answer in case.options:
            yield Subject(
                id=f"{case.id}/{kind}",
                source="bundled",
                question=case.question,
                options=case.options,
                answer=case.answer,
                reasoning=reasoning,
            )


def _text(completion: DemoCompletion) -> str:
    """The completion as one text, whichever form it has."""
    return completion.text or "\n".join(m.content for m in completion.messages or [])

"""Where subjects come from: the bundled cases, or files in a folder of public data sets.

A file that is missing is left out and named, so that a run says what it did not see.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

from reward_service.attacks.errors import AttackError
from reward_service.attacks.sources.bundled import bundled
from reward_service.attacks.sources.casimedicos import casimedicos
from reward_service.attacks.sources.chains import chains
from reward_service.attacks.sources.fitness import is_fit
from reward_service.attacks.sources.medmcqa import medmcqa
from reward_service.attacks.subjects import Subject

Read = Callable[[Path], list[Subject]]

READERS: dict[str, tuple[tuple[str, ...], Read]] = {
    "casimedicos": (("casimedicos/train.tsv", "casimedicos/dev.tsv"), casimedicos),
    "medmcqa": (("medmcqa_dev.jsonl",), medmcqa),
    "chains": (("gpt_cots_medmcqa.jsonl",), chains),
}
"""Name of a source → its files, as paths in the data folder, and what reads one of them."""


class Loaded(NamedTuple):
    """Subjects fit for attacks, and the files that were not there."""

    subjects: tuple[Subject, ...]
    missing: tuple[str, ...]


def load_subjects(data: Path | None = None, *, limit: int | None = None, seed: int = 0) -> Loaded:
    """The bundled subjects, and those of the data folder where one is given.

    limit: at most so many subjects of each source, drawn by `seed`. Raises AttackError when the
    folder does not exist or holds none of the files, or when a file cannot be understood.
    """
    if data is None:
        return Loaded(_drawn(bundled(), limit, seed), ())
    if not data.is_dir():
        raise AttackError(f"{data}: there is no such folder; expected one with data sets in it")
    subjects = list(_drawn(bundled(), limit, seed))
    missing: list[str] = []
    for names, read in READERS.values():
        found: list[Subject] = []
        for name in names:
            if (data / name).is_file():
                found += [subject for subject in read(data / name) if is_fit(subject)]
            else:
                missing.append(name)
        subjects += _drawn(found, limit, seed)
    if len(missing) == sum(len(names) for names, _ in READERS.values()):
        raise AttackError(f"{data}: holds none of {', '.join(missing)}")
    return Loaded(tuple(subjects), tuple(missing))


def _drawn(subjects: Sequence[Subject], limit: int | None, seed: int) -> tuple[Subject, ...]:
    """At most `limit` of the subjects, in their own order."""
    if limit is None or len(subjects) <= limit:
        return tuple(subjects)
    chosen = sorted(Random(seed).sample(range(len(subjects)), limit))
    return tuple(subjects[i] for i in chosen)

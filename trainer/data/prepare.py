"""A question set cleaned, dealt out to parts, and checked for leakage between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from trainer.data.duplicates import NEAR, Distinct, Pair, distinct, leaks
from trainer.data.errors import DataError
from trainer.data.prompts import PromptStyle
from trainer.data.questions import Question
from trainer.data.rows import make_row, write_rows
from trainer.data.sets import Questions, Unusable
from trainer.data.split import deal

DEFAULT_TEST_SHARE = 0.1
REPORT_FILE = "report.json"
# The cold start's part has no completions yet: a teacher still has to write them.
_FILES = {"train": "train", "test": "test", "cold_start": "cold_start_questions"}


@dataclass(frozen=True)
class Plan:
    """How a set becomes parts.

    Attributes:
        test_size: Questions of the test part; None takes a tenth. Has no meaning beside a test set
            of its own, which is taken whole.
        cold_start_size: Questions of the cold start's part, disjoint from the training part.
        train_size: Questions of the training part; None takes the rest.
        seed: Decides which question goes where.
        near: Cosine from which two questions are near copies; None looks for exact copies only.
        remove_leaks: Whether training questions that stand in the test part too are taken out.
    """

    test_size: int | None = None
    cold_start_size: int = 0
    train_size: int | None = None
    seed: int = 0
    near: float | None = NEAR
    remove_leaks: bool = False


@dataclass(frozen=True)
class Prepared:
    """The parts, and what happened on the way to them.

    Attributes:
        parts: `train`, `test` and, when asked for, `cold_start`.
        records: Records read.
        unusable: Records that no question could be made of.
        copies: Copies taken out of the set (not out of a test set of its own).
        leaks: Pairs of a question in `train` or `cold_start` and one in `test`.
        leaks_removed: Whether those questions were taken out.
    """

    parts: Mapping[str, tuple[Question, ...]]
    records: int
    unusable: tuple[Unusable, ...]
    copies: Distinct
    leaks: tuple[Pair, ...]
    leaks_removed: bool


def prepare(questions: Questions, plan: Plan, *, test: Questions | None = None) -> Prepared:
    """Clean and deal out a set; with `test` that is the test part, left as it was published.

    Leaks are looked for before sizes are taken, so that removing them leaves the sizes as asked.
    Raises DataError when too few questions are left.
    """
    copies = distinct(questions.usable, near=plan.near)
    rest = copies.questions
    if test is None:
        count = plan.test_size
        if count is None:
            count = max(1, round(len(rest) * DEFAULT_TEST_SHARE))
        dealt = deal(rest, {"test": count, "rest": None}, seed=plan.seed)
        test_part, rest = dealt["test"], dealt["rest"]
    else:
        test_part = test.usable
        rest = _with_own_ids(rest, test_part)
    if not test_part:
        raise DataError("the test part has no usable question")
    pairs = leaks(rest, test_part, near=plan.near)
    if plan.remove_leaks:
        leaking = {pair.first for pair in pairs}
        rest = tuple(question for question in rest if question.id not in leaking)
    sizes = {"cold_start": plan.cold_start_size, "train": plan.train_size}
    parts = deal(rest, sizes, seed=plan.seed)
    if not plan.cold_start_size:
        del parts["cold_start"]
    if not parts["train"]:
        raise DataError("no question is left for the training part")
    used = {question.id for part in parts.values() for question in part}
    return Prepared(
        parts={**parts, "test": test_part},
        records=len(questions.usable) + len(questions.unusable),
        unusable=questions.unusable + (test.unusable if test else ()),
        copies=copies,
        leaks=pairs if plan.remove_leaks else tuple(p for p in pairs if p.first in used),
        leaks_removed=plan.remove_leaks,
    )


def report(prepared: Prepared) -> dict[str, Any]:
    """Everything that happened, ids included, as JSON."""
    reasons = Counter(unusable.reason for unusable in prepared.unusable)
    return {
        "records": prepared.records,
        "parts": {name: len(part) for name, part in prepared.parts.items()},
        "unusable": dict(sorted(reasons.items())),
        "unusable_rows": [asdict(unusable) for unusable in prepared.unusable],
        "exact_copies": [asdict(pair) for pair in prepared.copies.exact],
        "conflicting_copies": [asdict(pair) for pair in prepared.copies.conflicting],
        "near_copies": [asdict(pair) for pair in prepared.copies.near],
        "leaks": [asdict(pair) for pair in prepared.leaks],
        "leaks_removed": prepared.leaks_removed,
    }


def write_parts(
    folder: Path,
    prepared: Prepared,
    style: PromptStyle,
    *,
    parquet: bool = False,
    overwrite: bool = False,
) -> dict[str, Path]:
    """Write a file of rows for each part, and report.json; returns part → file.

    Raises DataError when files are there already, unless `overwrite`.
    """
    suffix = ".parquet" if parquet else ".jsonl"
    files = {part: folder / f"{_FILES[part]}{suffix}" for part in prepared.parts}
    there = [path for path in (*files.values(), folder / REPORT_FILE) if path.exists()]
    if there and not overwrite:
        raise DataError(f"{there[0]} exists; --overwrite replaces it")
    for part, path in files.items():
        write_rows(path, [make_row(question, style) for question in prepared.parts[part]])
    (folder / REPORT_FILE).write_bytes(orjson.dumps(report(prepared), option=orjson.OPT_INDENT_2))
    return files


def _with_own_ids(
    questions: tuple[Question, ...], test: tuple[Question, ...]
) -> tuple[Question, ...]:
    """The questions as they are, unless an id of theirs is one of the test set's too."""
    taken = {question.id for question in test}
    shared = [question.id for question in questions if question.id in taken]
    if shared:
        raise DataError(
            f"{len(shared)} ids stand in both sets, such as {shared[0]}; they must differ"
        )
    return questions

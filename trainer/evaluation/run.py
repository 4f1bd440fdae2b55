"""One evaluation from beginning to end: completions, scores, table, files.

A finished evaluation of the same plan and scorer is read back, not repeated; one of another plan is
never overwritten unasked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from trainer.client.scores import ScoredBatch
from trainer.client.wire import ServiceDescription
from trainer.evaluation.bootstrap import Bootstrap
from trainer.evaluation.chunks import Chunks
from trainer.evaluation.completions import Completion, read_completions
from trainer.evaluation.errors import EvaluationError
from trainer.evaluation.files import Evaluation, finished, finished_rows, write_evaluation
from trainer.evaluation.generation import Dtype, Sampling, check_lengths, generate, load_policy
from trainer.evaluation.policy import PolicySource
from trainer.evaluation.questions import Question
from trainer.evaluation.scoring import score_completions
from trainer.evaluation.summary import DEFAULT_BOOTSTRAP, summarise

Report = Callable[[str, int, int], None]
"""Gets a stage ("generating", "scoring"), how much of it is done, and how much there is."""

_MODEL_FILES = ("*.safetensors", "*.bin", "*.json", "*.jinja", "*.model")


class Client(Protocol):
    """The parts of RewardClient that are needed here."""

    def describe(self) -> ServiceDescription: ...

    def score(
        self, items: Sequence[Mapping[str, Any]], *, objectives: Sequence[str] | None = None
    ) -> ScoredBatch: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What policies are evaluated on, the same for all of them.

    split: name of the test set, and of the files.
    objectives: those to score; None is all that the service has.
    overwrite: replace an evaluation that is there.
    """

    questions: tuple[Question, ...]
    split: str
    objectives: tuple[str, ...] | None = None
    bootstrap: Bootstrap = DEFAULT_BOOTSTRAP
    overwrite: bool = False

    def plan(self) -> dict[str, Any]:
        """What the scores depend on, as far as the task decides it."""
        return {
            "questions": digest_text(
                [
                    f"{question.id}\t{question.prompt}\t{question.item}"
                    for question in self.questions
                ]
            ),
            "objectives": None if self.objectives is None else list(self.objectives),
        }


def evaluate_policy(
    source: PolicySource,
    task: Task,
    sampling: Sampling,
    client: Client,
    *,
    folder: Path,
    device: str = "auto",
    dtype: Dtype = "auto",
    report: Report = lambda *_: None,
) -> Evaluation:
    """Generate for every question, score, and write `<split><suffix>.parquet` and `.json`.

    Raises EvaluationError for a policy or files that cannot be used, and what the client raises. An
    interrupted evaluation goes on after the batches that are done.
    """
    name = task.split + source.suffix
    plan = {
        "policy": digest_policy(source.path),
        "sampling": asdict(sampling),
        "dtype": dtype,
        **task.plan(),
    }
    if earlier := _finished(source.label, name, plan, task, client, folder, report):
        return earlier
    chunks = Chunks(folder, name, plan, overwrite=task.overwrite)
    completions = _generated(source, task, sampling, chunks, device, dtype, report)
    evaluation = _scored(source.label, plan, task, client, completions, report)
    write_evaluation(folder, name, evaluation)
    chunks.remove()
    return evaluation


def evaluate_completions(
    path: Path, task: Task, client: Client, *, folder: Path, report: Report = lambda *_: None
) -> Evaluation:
    """The same for the completions of a file (see `read_completions`)."""
    completions = read_completions(path, task.questions)
    plan = {"completions": digest([path]), **task.plan()}
    if earlier := _finished(path.stem, task.split, plan, task, client, folder, report):
        return earlier
    evaluation = _scored(path.stem, plan, task, client, completions, report)
    write_evaluation(folder, task.split, evaluation)
    return evaluation


def digest(paths: Sequence[Path]) -> str:
    """SHA-256 of files, one after the other."""
    total = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            total.update(hashlib.file_digest(file, "sha256").digest())
    return total.hexdigest()


def digest_text(texts: Sequence[str]) -> str:
    """SHA-256 of texts."""
    total = hashlib.sha256()
    for text in texts:
        total.update(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest())
    return total.hexdigest()


def digest_policy(path: str) -> str:
    """What a policy is recognised by: the digest of its files, or its name on the hub."""
    folder = Path(path)
    if not folder.is_dir():
        return path
    return digest(sorted({file for pattern in _MODEL_FILES for file in folder.glob(pattern)}))


def _generated(
    source: PolicySource,
    task: Task,
    sampling: Sampling,
    chunks: Chunks,
    device: str,
    dtype: Dtype,
    report: Report,
) -> list[Completion]:
    """All completions; batches that are done are read. The policy is loaded if one is not."""
    size, total = sampling.batch_size, len(task.questions)
    starts = range(0, total, size)
    batches = [chunks.read(number) for number in range(len(starts))]
    policy = None
    for number, start in enumerate(starts):
        report("generating", start, total)
        if batches[number] is not None:
            continue
        if policy is None:
            policy = load_policy(source.path, device=device, dtype=dtype)
            check_lengths(policy, task.questions, sampling)
        questions = task.questions[start : start + size]
        made = generate(policy, questions, sampling, batch=number)
        chunks.write(number, made)
        batches[number] = made
    report("generating", total, total)
    return [completion for batch in batches for completion in batch or ()]


def _scored(
    label: str,
    plan: Mapping[str, Any],
    task: Task,
    client: Client,
    completions: Sequence[Completion],
    report: Report,
) -> Evaluation:
    done = 0

    def scored(count: int) -> None:
        nonlocal done
        done += count
        report("scoring", done, len(completions))

    rows, scorer = score_completions(
        task.questions, completions, client, objectives=task.objectives, report=scored
    )
    table = summarise(rows, bootstrap=task.bootstrap)
    return Evaluation(label, task.split, plan, scorer, rows, table, len(task.questions))


def _finished(
    label: str,
    name: str,
    plan: Mapping[str, Any],
    task: Task,
    client: Client,
    folder: Path,
    report: Report,
) -> Evaluation | None:
    """The evaluation that is there already; None if it has to be made.

    One in which completions could not be scored is scored again, without generating.
    """
    record = None if task.overwrite else finished(folder, name)
    if record is None:
        return None
    earlier, scorer = record["plan"], record["scorer"]
    changed = sorted(key for key in {*plan, *earlier} if plan.get(key) != earlier.get(key))
    if scorer and scorer["fingerprint"] != client.describe().scorer.fingerprint:
        changed.append("scorer")
    if changed:
        raise EvaluationError(
            f"{folder / name}.json: an evaluation with another {', '.join(changed)} is there; use "
            "--overwrite, another split name, or another output folder; its completions can be "
            "scored anew with --completions"
        )
    rows = finished_rows(folder, name)
    if any(row["failure"] for row in rows):
        completions = read_completions(folder / f"{name}.parquet", task.questions)
        evaluation = _scored(label, plan, task, client, completions, report)
        write_evaluation(folder, name, evaluation)
        return evaluation
    table = summarise(rows, bootstrap=task.bootstrap)
    return Evaluation(label, task.split, plan, scorer, rows, table, len(task.questions))

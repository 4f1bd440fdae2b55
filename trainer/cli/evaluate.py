"""`crpo evaluate`: policies on a test set, through the reward service."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from trainer.client import RewardClient
    from trainer.evaluation import Evaluation, PolicySource, Sampling, Task


def evaluate(
    policies: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="POLICY…",
            help="Runs, their checkpoints, model folders, or names on the hub.",
            show_default=False,
        ),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            help="Rows of the test set, JSONL or Parquet [default: the first run's]",
            show_default=False,
        ),
    ] = None,
    completions: Annotated[
        list[Path] | None,
        typer.Option(
            help="Score these completions (JSONL, Parquet) instead of generating; may be given "
            "several times.",
            show_default=False,
        ),
    ] = None,
    split: Annotated[
        str | None,
        typer.Option(
            help="Name of the test set and of the files [default: test]", show_default=False
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            help="Folder of the files [default: RUN/evaluation, else evaluation/NAME]",
            show_default=False,
        ),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(min=1, help="Only the first so many questions.", show_default=False),
    ] = None,
    samples: Annotated[int, typer.Option(min=1, help="Completions of each question.")] = 1,
    temperature: Annotated[float, typer.Option(min=0.0, help="0 is greedy.")] = 0.0,
    top_p: Annotated[float, typer.Option(help="Share of the probability kept in sampling.")] = 1.0,
    max_new_tokens: Annotated[
        int | None,
        typer.Option(
            min=1, help="Limit of a completion [default: the run's, else 1024]", show_default=False
        ),
    ] = None,
    batch_size: Annotated[int, typer.Option(min=1, help="Questions generated for together.")] = 8,
    seed: Annotated[int, typer.Option(min=0, help="Of sampling and of the bootstrap.")] = 0,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:1 …")] = "auto",
    dtype: Annotated[
        Literal["auto", "float32", "bfloat16", "float16"], typer.Option(help="Of the weights.")
    ] = "auto",
    system_prompt: Annotated[
        str | None,
        typer.Option(
            help="Replaces the prompts' system message [default: the run's]", show_default=False
        ),
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(
            help="Where the service listens [default: the run's, else http://127.0.0.1:8000]",
            show_default=False,
        ),
    ] = None,
    key_env: Annotated[
        str | None,
        typer.Option(
            help="Environment variable that holds the service's key [default: the run's]",
            show_default=False,
        ),
    ] = None,
    resamples: Annotated[
        int, typer.Option(min=1, help="Resamples of the questions for the intervals.")
    ] = 2000,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace evaluations that are there.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="No progress bar and no table.")
    ] = False,
) -> None:
    """Evaluate policies on a test set: every objective and metric, with bootstrap intervals.

    Writes SPLIT.parquet (a row for every completion) and SPLIT.json (the table) for each policy,
    with -checkpoint-N after SPLIT for a checkpoint of a run. Policies are compared with the first
    one, question by question. An interrupted evaluation goes on when it is repeated; a finished one
    is read back. Settings that are not given are those of the first policy's run.

    \b
    Examples:
      crpo evaluate runs/tiny-crpo
      crpo evaluate runs/tiny-grpo runs/tiny-crpo --samples 4 --temperature 0.7
      crpo evaluate runs/tiny-crpo/checkpoints/checkpoint-100 --split val --data val.jsonl
      crpo evaluate --completions answers.jsonl --data test.jsonl --output evaluation/other

    \b
    Exit status:
      0  every completion was scored
      1  finished, but some completions could not be scored (see the column `failure`)
      2  not carried out
    """
    from trainer.evaluation import (
        Bootstrap,
        EvaluationError,
        Sampling,
        Task,
        find_policy,
        read_questions,
    )

    if not policies and not completions:
        raise EvaluationError("expected a POLICY to evaluate, or --completions")
    sources = [find_policy(name) for name in policies or ()]
    defaults = _defaults(sources)
    path = data or defaults.data
    if path is None:
        raise EvaluationError("expected --data: the policy's run names no test set")
    task = Task(
        questions=read_questions(
            _rows(path, limit if data or limit else defaults.limit),
            system_prompt=system_prompt or defaults.system_prompt,
        ),
        split=split or "test",
        bootstrap=Bootstrap(resamples=resamples, seed=seed),
        overwrite=overwrite,
    )
    sampling = Sampling(
        max_new_tokens=max_new_tokens or defaults.max_new_tokens,
        temperature=temperature,
        top_p=top_p,
        samples=samples,
        batch_size=batch_size,
        seed=seed,
    )
    with _client(url or defaults.url, key_env or defaults.key_env) as client:
        failed = _evaluate(
            sources,
            completions or [],
            task,
            sampling,
            client,
            output=output,
            device=device,
            dtype=dtype,
            quiet=quiet,
        )
    raise typer.Exit(1 if failed else 0)


@dataclass(frozen=True)
class _Defaults:
    """What the first policy's run says."""

    data: Path | None = None
    limit: int | None = None
    system_prompt: str | None = None
    max_new_tokens: int = 1024
    url: str = "http://127.0.0.1:8000"
    key_env: str | None = None


def _defaults(sources: Sequence[PolicySource]) -> _Defaults:
    from trainer.config import load_config

    runs = (source.run / "config.yaml" for source in sources if source.run is not None)
    path = next((path for path in runs if path.is_file()), None)
    if path is None:
        return _Defaults()
    config = load_config(path)
    return _Defaults(
        data=config.data.test,
        limit=config.data.test_limit,
        system_prompt=config.data.system_prompt,
        max_new_tokens=config.training.get("max_completion_length") or _Defaults.max_new_tokens,
        url=config.reward.url,
        key_env=config.reward.key_env,
    )


def _rows(path: Path, limit: int | None) -> list[dict[str, object]]:
    from trainer.data import read_rows

    return read_rows(path, limit=limit)


def _client(url: str, key_env: str | None) -> RewardClient:
    from trainer.client import RewardClient
    from trainer.evaluation import EvaluationError

    if key_env is not None and not os.environ.get(key_env):
        raise EvaluationError(f"{key_env}: expected the service's key in this environment variable")
    # What cannot be scored is counted in the table; it stops nothing here.
    return RewardClient(
        url,
        api_key=None if key_env is None else os.environ[key_env],
        max_failed_share=1.0,
    )


def _evaluate(
    sources: Sequence[PolicySource],
    files: Sequence[Path],
    task: Task,
    sampling: Sampling,
    client: RewardClient,
    *,
    output: Path | None,
    device: str,
    dtype: Literal["auto", "float32", "bfloat16", "float16"],
    quiet: bool,
) -> bool:
    """Evaluate, write, show; whether a completion could not be scored."""
    from rich.console import Console

    from trainer.cli.evaluate_progress import Watch
    from trainer.evaluation import (
        EvaluationError,
        compare,
        evaluate_completions,
        evaluate_policy,
    )
    from trainer.evaluation.files import write_table
    from trainer.evaluation.show import comparison_table, notes

    labels = [source.label for source in sources] + [file.stem for file in files]
    if len(set(labels)) < len(labels):
        raise EvaluationError(
            f"expected different names, got {', '.join(labels)}; evaluate them one by one"
        )
    client.describe()  # no service is better known now than after an hour of generating
    several = len(sources) + len(files) > 1
    done: list[tuple[Evaluation, Path, str]] = []
    if sources:
        from transformers.utils import logging

        # There is one of our own.
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    with Watch(Console(stderr=True, quiet=quiet)) as watch:
        for source in sources:
            folder = _folder(output, source.run, source.label, several)
            evaluation = evaluate_policy(
                source,
                task,
                sampling,
                client,
                folder=folder,
                device=device,
                dtype=dtype,
                report=watch.named(source.label),
            )
            done.append((evaluation, folder, task.split + source.suffix))
        for file in files:
            folder = _folder(output, None, file.stem, several)
            evaluation = evaluate_completions(
                file, task, client, folder=folder, report=watch.named(file.stem)
            )
            done.append((evaluation, folder, task.split))
    first = done[0][0]
    comparisons = [
        compare(one.rows, first.rows, baseline=first.label, bootstrap=task.bootstrap)
        if one is not first
        else None
        for one, _, _ in done
    ]
    for (evaluation, folder, name), comparison in zip(done, comparisons, strict=True):
        if comparison is not None:
            write_table(folder, name, evaluation, comparison)
    if not quiet:
        evaluations = [one for one, _, _ in done]
        Console().print(comparison_table(evaluations, comparisons))
        for line in notes(evaluations):
            typer.echo(line)
        for _, folder, name in done:
            typer.echo(f"wrote {folder / name}.parquet and .json", err=True)
    return any(one.table.failures for one, _, _ in done)


def _folder(output: Path | None, run: Path | None, label: str, several: bool) -> Path:
    if output is not None:
        return output / label.replace("/", "-") if several else output
    return Path("evaluation") / label.replace("/", "-") if run is None else run / "evaluation"

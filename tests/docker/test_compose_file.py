"""docker-compose.yml: parses, starts what it should in order, and gives each container little."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from reward_service.settings import Settings

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
BUILT = {name: service for name, service in SERVICES.items() if "build" in service}
PULLED = {"prometheus", "grafana"}
DOCKERFILES = {
    name: (ROOT / service["build"]["dockerfile"]).read_text() for name, service in BUILT.items()
}
DOCKERFILE = DOCKERFILES["service"]
DOCS = (ROOT / "docs" / "docker.md").read_text()
SETTINGS = {f"REWARD_{field.upper()}" for field in Settings.model_fields}

each_service = pytest.mark.parametrize("name", sorted(SERVICES))
each_built = pytest.mark.parametrize("name", sorted(BUILT))
each_scorer = pytest.mark.parametrize("name", ["service", "replica"])


def test_what_starts_without_a_profile_and_with_each() -> None:
    by_profile: dict[str, set[str]] = {}
    for name, service in SERVICES.items():
        for profile in service.get("profiles", ["none"]):
            by_profile.setdefault(profile, set()).add(name)
    assert by_profile == {
        "none": {"service", "demo"},
        "scale": {"replica", "balancer"},
        "monitoring": PULLED,
        "offline": {"score"},
    }


@each_service
def test_hardened(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["tmpfs"] == ["/tmp"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add", "devices", "pid", "ipc", "user"} & set(service)
    assert service.get("network_mode", "none") == "none"
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
def test_images_are_built_here_or_pulled_in_a_fixed_version(name: str) -> None:
    service = SERVICES[name]
    if name in PULLED:
        assert re.fullmatch(r"[a-z]+/[a-z]+:v?\d+\.\d+\.\d+", service["image"])
        assert service["pull_policy"] == "missing"
    else:
        assert service["image"].startswith("clinical-crpo-")
        assert service["pull_policy"] == "never"


def test_no_image_is_built_twice_under_one_name() -> None:
    images = [service["image"] for service in BUILT.values()]
    assert len(images) == len(set(images))
    # A replica has no build of its own, so what builds its image comes along.
    assert "service" in SERVICES["replica"]["depends_on"]
    assert SERVICES["replica"]["image"] == SERVICES["service"]["image"]


@each_scorer
def test_scorers_stay_up_and_finish_what_runs(name: str) -> None:
    service = SERVICES[name]
    assert service["restart"] == "unless-stopped"
    grace = float(service["stop_grace_period"].removesuffix("s"))
    assert grace > Settings.model_fields["shutdown_timeout"].default


@each_scorer
def test_health_check_is_that_of_the_image(name: str) -> None:
    check = dict(SERVICES[name]["healthcheck"])
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


@pytest.mark.parametrize("name", ["service", "replica", "score"])
def test_environment_names_settings(name: str) -> None:
    assert set(SERVICES[name]["environment"]) <= SETTINGS


def test_scoring_processes_fit_in_the_memory_of_their_container() -> None:
    environment = SERVICES["service"]["environment"]
    workers, megabytes = (
        int(environment[name].partition(":-")[2].rstrip("}"))
        for name in ("REWARD_WORKERS", "REWARD_WORKER_MEMORY_MB")
    )
    assert SERVICES["service"]["mem_limit"] == "${SERVICE_MEMORY:-2g}"
    assert workers * megabytes < 2000 - 500  # MB, of which the loaded scorer takes up to 500


@each_built
def test_build_arguments_and_secrets_are_those_of_the_dockerfile(name: str) -> None:
    build = SERVICES[name]["build"]
    assert (ROOT / build["context"] / build["dockerfile"]).is_file()
    declared = {
        word.partition("=")[0]
        for line in re.findall(r"^ARG (.+)$", DOCKERFILES[name], re.MULTILINE)
        for word in line.split()
    }
    assert set(build.get("args", [])) == declared
    assert set(build.get("secrets", [])) == set(re.findall(r"id=(\w+)", DOCKERFILES[name]))
    if "target" in build:
        assert re.search(rf"^FROM \S+ AS {build['target']}$", DOCKERFILES[name], re.MULTILINE)


def test_secrets_and_configs_are_files_and_used() -> None:
    wanted = {"ca_bundle"}  # of the builds
    for service in SERVICES.values():
        wanted |= set(service.get("secrets", []))
    assert set(COMPOSE["secrets"]) == wanted
    # Without the variable there is nothing in it.
    for secret in COMPOSE["secrets"].values():
        assert re.fullmatch(r"\$\{\w+:-/dev/null\}", secret["file"])
    sources = {use["source"] for service in SERVICES.values() for use in service.get("configs", [])}
    assert set(COMPOSE["configs"]) == sources
    for config in COMPOSE["configs"].values():
        assert (ROOT / config["file"]).is_file()


def test_keys_file_asks_for_keys_on_every_scorer() -> None:
    keyed = yaml.safe_load((ROOT / "docker" / "keys.yml").read_text())
    assert set(keyed["services"]) == {"service", "replica"}
    for service in keyed["services"].values():
        assert service["environment"]["REWARD_INSECURE"] == "false"
        path = Path(service["environment"]["REWARD_KEYS_FILE"])
        assert path.parent == Path("/run/secrets")
        assert service["secrets"] == [path.name] == list(keyed["secrets"])
        assert set(service["environment"]) <= SETTINGS
    assert ":?" in keyed["secrets"]["reward_keys"]["file"]


def test_scorers_are_found_by_the_name_that_the_balancer_and_prometheus_ask_for() -> None:
    haproxy = (ROOT / "docker" / "haproxy.cfg").read_text()
    prometheus = yaml.safe_load((ROOT / "docker" / "prometheus" / "prometheus.yml").read_text())
    (asked,) = prometheus["scrape_configs"][0]["dns_sd_configs"]
    for name in ("service", "replica"):
        assert SERVICES[name]["networks"]["default"]["aliases"] == asked["names"] == ["scorers"]
    port = SERVICES["service"]["ports"][0].rpartition(":")[2]
    assert f"server-template replica 16 scorers:{port}\n" in haproxy
    assert asked["port"] == int(port)
    assert "http-check send meth GET uri /readyz\n" in haproxy


def test_balancer_waits_longer_than_the_service_may_take() -> None:
    haproxy = (ROOT / "docker" / "haproxy.cfg").read_text()
    (seconds,) = re.findall(r"^ +timeout server (\d+)s$", haproxy, re.MULTILINE)
    assert int(seconds) > Settings.model_fields["request_timeout"].default


def test_balancer_answers_its_own_errors_in_the_documented_form() -> None:
    haproxy = (ROOT / "docker" / "haproxy.cfg").read_text()
    bodies = re.findall(r"content-type application/json string '(.+?)'", haproxy)
    assert len(bodies) == 6
    for body in bodies:
        error = yaml.safe_load(body)["error"]
        assert set(error) == {"code", "message", "details"}


def test_all_that_can_be_set_is_documented() -> None:
    text = (ROOT / "docker-compose.yml").read_text() + (ROOT / "docker" / "keys.yml").read_text()
    names = set(re.findall(r"\$\{(\w+)", text))
    for name, service in SERVICES.items():
        names |= {*service.get("build", {}).get("args", [])}
        if name not in PULLED:
            names |= {*service.get("environment", {})}
    assert sorted(name for name in names if f"`{name}`" not in DOCS) == []

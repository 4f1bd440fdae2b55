"""Prometheus' rules and Grafana's dashboard: all that they ask for is in the service's /metrics."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

ROOT = Path(__file__).parents[2]
DASHBOARD: dict[str, Any] = json.loads(
    (ROOT / "docker" / "grafana" / "clinical-reward.json").read_text()
)
ALERTS: list[dict[str, Any]] = yaml.safe_load(
    (ROOT / "docker" / "prometheus" / "alerts.yml").read_text()
)["groups"][0]["rules"]
ADAPTER = yaml.safe_load(
    (ROOT / "deploy" / "kubernetes" / "monitoring" / "prometheus-adapter-values.yaml").read_text()
)
DOCS = (ROOT / "docs" / "docker.md").read_text()

# Labels that Prometheus adds to all it scrapes.
OF_PROMETHEUS = {"instance", "job"}
# What is not the service's, so that its /metrics cannot have it.
FOREIGN = re.compile(r"haproxy_backend_\w+|up")


def queries() -> dict[str, str]:
    """Every expression, under a name that says where it is."""
    found = {f"alert {rule['alert']}": rule["expr"] for rule in ALERTS}
    for panel in DASHBOARD["panels"]:
        for target in panel.get("targets", []):
            found[f"panel {panel['title']} {target['refId']}"] = target["expr"]
    for variable in DASHBOARD["templating"]["list"]:
        found[f"variable {variable['name']}"] = variable["definition"]
    for annotation in DASHBOARD["annotations"]["list"]:
        found[f"annotation {annotation['name']}"] = annotation["expr"]
    return found


METRIC = re.compile(r"\b((?:clinical_reward|process|haproxy)_\w+|up)\b(?:\{([^}]*)\})?")


def metrics_in(expression: str) -> list[tuple[str, set[str]]]:
    """(metric, labels that are matched) of an expression of PromQL."""
    return [
        (name, set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", matchers)))
        for name, matchers in METRIC.findall(expression)
    ]


def grouped_by(expression: str) -> set[str]:
    lists = re.findall(r"\bby \(([^)]*)\)", expression)
    lists += re.findall(r"label_values\(\w+, (\w+)\)", expression)
    return {label.strip() for labels in lists for label in labels.split(",")}


@pytest.fixture(scope="module")
def exposed() -> Iterator[dict[str, set[str]]]:
    """Metric → labels, as a service that has scored shows them."""
    command = [sys.executable, "-m", "reward_service.cli", "serve", "--port", "0", "--workers", "0"]
    environment = {name: text for name, text in os.environ.items() if "REWARD_" not in name}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        try:
            url = process.stdout.readline().removeprefix("ready: ").strip()
            item = {"question": "A man has a fever.", "completions": ["He has a fever."]}
            with httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
                client.post("/score", json={"items": [item]}).raise_for_status()
                text = client.get("/metrics").text
        finally:
            process.terminate()
            process.wait(30)
    found: dict[str, set[str]] = {}
    for line in text.splitlines():
        if sample := re.match(r"(\w+)(?:\{(.*)\})? ", line):
            labels = re.findall(r'(\w+)="', sample[2] or "")
            found.setdefault(sample[1], set()).update(labels)
    yield found


@pytest.mark.parametrize("where", sorted(queries()))
def test_metrics_and_labels_exist(where: str, exposed: dict[str, set[str]]) -> None:
    expression = queries()[where]
    used = metrics_in(expression)
    assert used, f"no metric in {expression!r}"
    known = set(OF_PROMETHEUS)
    for name, matched in used:
        if FOREIGN.fullmatch(name):
            known |= {"code", "proxy"}
            continue
        assert name in exposed
        assert matched <= exposed[name] | OF_PROMETHEUS
        known |= exposed[name]
    assert grouped_by(expression) <= known


def test_the_check_finds_a_metric_and_labels() -> None:
    expression = 'sum by (le, route) (rate(clinical_reward_x_bucket{a=~"b", c!="d"}[5m])) / up'
    assert metrics_in(expression) == [("clinical_reward_x_bucket", {"a", "c"}), ("up", set())]
    assert grouped_by(expression) == {"le", "route"}


def test_what_the_service_tells_is_shown(exposed: dict[str, set[str]]) -> None:
    """Requests, latency, queue, distributions, abstentions: each family has a panel."""
    shown = {name for expression in queries().values() for name, _ in metrics_in(expression)}
    assert {
        "clinical_reward_requests_total",
        "clinical_reward_request_seconds_bucket",
        "clinical_reward_queue_items",
        "clinical_reward_queue_seconds_bucket",
        "clinical_reward_score_seconds_bucket",
        "clinical_reward_objective_score_bucket",
        "clinical_reward_abstentions_total",
        "clinical_reward_worker_restarts",
    } <= shown & set(exposed)


def test_panels_have_their_own_place_and_explain_themselves() -> None:
    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken and place["x"] + place["w"] <= 24
        taken |= cells
        assert panel["type"] == "row" or panel["description"]


def test_provisioning_names_the_dashboards_data_source_and_folder() -> None:
    grafana = ROOT / "docker" / "grafana"
    (source,) = yaml.safe_load((grafana / "datasource.yml").read_text())["datasources"]
    used = {panel["datasource"]["uid"] for panel in DASHBOARD["panels"] if "datasource" in panel}
    assert used == {source["uid"]}
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    assert source["url"] == "http://prometheus:9090"
    assert compose["prometheus"]["ports"][0].endswith(":9090")
    (provider,) = yaml.safe_load((grafana / "dashboards.yml").read_text())["providers"]
    targets = [config["target"] for config in compose["grafana"]["configs"]]
    home = compose["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert home in targets and home.startswith(provider["options"]["path"] + "/")


def test_alerts_say_what_to_do_and_are_documented() -> None:
    for rule in ALERTS:
        assert rule["labels"]["severity"] in {"critical", "warning"}
        assert set(rule["annotations"]) == {"summary", "action"}
        assert f"`{rule['alert']}`" in DOCS


def test_the_autoscalers_metric_exists(exposed: dict[str, set[str]]) -> None:
    path = ROOT / "deploy" / "kubernetes" / "base" / "autoscaler.yaml"
    pods = yaml.safe_load(path.read_text())["spec"]["metrics"][0]["pods"]
    name = pods["metric"]["name"]
    assert name in exposed
    (rule,) = ADAPTER["rules"]["custom"]
    assert rule["seriesQuery"].partition("{")[0] == name
    assert re.fullmatch(rule["name"]["matches"], name)

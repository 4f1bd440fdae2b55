"""deploy/kubernetes: valid, tight, and in agreement with the service and with each other."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]
import pytest
import yaml

from reward_service.server.keys import parse_keys
from reward_service.settings import Settings

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "kubernetes"
# Not Kubernetes' own: kustomize's files, the Prometheus Operator's kind, a Helm chart's values.
OTHERS = {"kustomization.yaml", "servicemonitor.yaml", "prometheus-adapter-values.yaml"}
MANIFESTS = sorted(path for path in FOLDER.rglob("*.yaml") if path.name not in OTHERS)
VERSIONS = ("1.29", "1.34", "1.37")


def load(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((FOLDER / name).read_text())
    return loaded


DEPLOYMENT = load("base/deployment.yaml")
POD: dict[str, Any] = DEPLOYMENT["spec"]["template"]["spec"]
(CONTAINER,) = POD["containers"]
ENVIRONMENT = {variable["name"]: variable["value"] for variable in CONTAINER["env"]}
LABELS = DEPLOYMENT["spec"]["template"]["metadata"]["labels"]
SECRETS = {
    secret["metadata"]["name"]: secret
    for secret in yaml.safe_load_all((FOLDER / "secret.example.yaml").read_text())
}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.stem)
def test_valid(path: Path, version: str) -> None:
    for manifest in yaml.safe_load_all(path.read_text()):
        kubernetes_validate.validate(manifest, version, strict=True)


def test_validation_refuses_a_field_that_does_not_exist() -> None:
    wrong = load("base/service.yaml")
    wrong["spec"]["port"] = 8000
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, VERSIONS[-1], strict=True)


def test_everything_in_the_base_is_applied() -> None:
    listed = load("base/kustomization.yaml")["resources"]
    files = {path.name for path in (FOLDER / "base").glob("*.yaml")} - {"kustomization.yaml"}
    assert sorted(listed) == sorted(files)


def test_pods_may_do_little() -> None:
    assert POD["automountServiceAccountToken"] is False
    assert POD["enableServiceLinks"] is False  # its variables would be taken for settings
    of_pod, own = POD["securityContext"], CONTAINER["securityContext"]
    assert of_pod["runAsNonRoot"] is True
    assert of_pod["runAsUser"] == of_pod["runAsGroup"] == of_pod["fsGroup"] == 10001
    assert of_pod["seccompProfile"] == {"type": "RuntimeDefault"}
    assert own["allowPrivilegeEscalation"] is False
    assert own["readOnlyRootFilesystem"] is True
    assert own["capabilities"] == {"drop": ["ALL"]}
    assert not {"hostNetwork", "hostPID", "hostIPC"} & set(POD)
    dockerfile = (ROOT / "docker" / "service.Dockerfile").read_text()
    assert f"\nUSER {of_pod['runAsUser']}:{of_pod['runAsGroup']}\n" in dockerfile


def test_environment_is_read_by_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields:
        monkeypatch.delenv(f"REWARD_{field.upper()}", raising=False)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    settings = Settings.load()
    assert settings.insecure is False
    assert settings.workers == int(CONTAINER["resources"]["requests"]["cpu"])
    grace = POD["terminationGracePeriodSeconds"]
    assert grace > settings.shutdown_delay + settings.shutdown_timeout
    # MB: the scoring processes, and up to 500 for the loaded scorer.
    assert CONTAINER["resources"]["limits"]["memory"] == "2Gi"
    assert settings.workers * settings.worker_memory_mb < 2147 - 500


def test_probes_ask_routes_that_need_no_key() -> None:
    paths = {name: CONTAINER[f"{name}Probe"]["httpGet"] for name in ("startup", "readiness")}
    assert all(probe == {"path": "/readyz", "port": "http"} for probe in paths.values())
    # A replica that merely cannot score is not started anew again and again.
    assert CONTAINER["livenessProbe"]["httpGet"] == {"path": "/healthz", "port": "http"}


def test_ports_agree() -> None:
    assert CONTAINER["ports"] == [{"name": "http", "containerPort": 8000}]
    (port,) = load("base/service.yaml")["spec"]["ports"]
    assert port["targetPort"] == "http"
    assert load("base/network.yaml")["spec"]["ingress"][0]["ports"] == [{"port": "http"}]
    (endpoint,) = load("monitoring/servicemonitor.yaml")["spec"]["endpoints"]
    assert endpoint["port"] == port["name"]


def test_everything_selects_these_pods() -> None:
    assert DEPLOYMENT["spec"]["selector"]["matchLabels"] == LABELS
    assert load("base/service.yaml")["spec"]["selector"] == LABELS
    assert load("base/disruption.yaml")["spec"]["selector"]["matchLabels"] == LABELS
    assert load("base/network.yaml")["spec"]["podSelector"]["matchLabels"] == LABELS
    (spread,) = POD["topologySpreadConstraints"]
    assert spread["labelSelector"]["matchLabels"] == LABELS
    monitor = load("monitoring/servicemonitor.yaml")["spec"]
    service = load("base/service.yaml")["metadata"]
    assert monitor["selector"]["matchLabels"] == service["labels"]
    target = load("base/autoscaler.yaml")["spec"]["scaleTargetRef"]
    assert target["name"] == DEPLOYMENT["metadata"]["name"]
    # The autoscaler alone says how many.
    assert "replicas" not in DEPLOYMENT["spec"]


def test_there_is_always_a_replica() -> None:
    assert load("base/autoscaler.yaml")["spec"]["minReplicas"] >= 2
    assert load("base/disruption.yaml")["spec"]["maxUnavailable"] == 1
    assert DEPLOYMENT["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0


def test_keys_come_from_the_secret() -> None:
    (mount,) = [mount for mount in CONTAINER["volumeMounts"] if mount["name"] == "keys"]
    (volume,) = [volume for volume in POD["volumes"] if volume["name"] == "keys"]
    example = SECRETS[volume["secret"]["secretName"]]
    path = Path(ENVIRONMENT["REWARD_KEYS_FILE"])
    assert str(path.parent) == mount["mountPath"] and mount["readOnly"] is True
    keys = parse_keys(example["stringData"][path.name], source="the example")
    assert [key.name for key in keys] == ["trainer", "prometheus"]
    (endpoint,) = load("monitoring/servicemonitor.yaml")["spec"]["endpoints"]
    wanted = endpoint["authorization"]["credentials"]
    assert wanted["key"] in SECRETS[wanted["name"]]["stringData"]


def test_without_prometheus_adapter_the_queue_is_not_asked_for() -> None:
    (patch,) = load("cpu-only/kustomization.yaml")["patches"]
    metrics = load("base/autoscaler.yaml")["spec"]["metrics"]
    test, remove = yaml.safe_load(patch["patch"])
    assert test == {"op": "test", "path": "/spec/metrics/0/type", "value": metrics[0]["type"]}
    assert remove == {"op": "remove", "path": "/spec/metrics/0"}
    assert [metric["type"] for metric in metrics[1:]] == ["Resource"]


def test_image_is_that_of_this_version() -> None:
    (image,) = load("base/kustomization.yaml")["images"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert image["name"] == CONTAINER["image"] == "clinical-crpo-service"
    assert image["newTag"] == project["version"]

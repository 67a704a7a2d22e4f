"""The Helm chart, rendered by a real Helm as a library, and validated like the overlays.

As there, no cluster is needed, and none of what only a cluster knows is seen.
"""

from typing import Any

import pytest
import yaml
from helm_python import Chart, HelmError, lint

from deploy.dashboards.files import GATEWAY_JSON
from gateway import __version__
from gateway.config.load import load
from tests.deploy.manifests import Manifest, documents, of_kind, one, problems
from tests.deploy.test_kubernetes import SECRETS
from tests.shared_data import CHECKOUT

CHART = CHECKOUT / "deploy" / "helm" / "alert-gateway"
URL = {"externalUrl": "https://alerts.example.com"}
SEVERAL = {**URL, "database": "postgres", "replicas": 3}
EVERYTHING: dict[str, Any] = {
    **SEVERAL,
    "settings": {"GATEWAY_LOG_LEVEL": "debug"},
    "ingress": {
        "enabled": True,
        "className": "nginx",
        "tlsSecret": "alerts-tls",
        "annotations": {"cert-manager.io/cluster-issuer": "letsencrypt"},
    },
    "monitoring": {
        "serviceMonitor": True,
        "prometheusRule": True,
        "dashboards": True,
        "labels": {"release": "kps"},
    },
}


def render(values: dict[str, Any], name: str = "alert-gateway") -> list[Manifest]:
    texts = Chart.load(CHART).render(values, name=name, namespace="ops")
    return [
        document
        for path, text in texts.items()
        if not path.endswith("NOTES.txt")
        for document in documents(text)
    ]


@pytest.mark.parametrize("values", [URL, SEVERAL, EVERYTHING], ids=["sqlite", "postgres", "all"])
@pytest.mark.parametrize("name", ["alert-gateway", "oncall"])
def test_the_chart_renders_valid_manifests(values: dict[str, Any], name: str) -> None:
    """With each kind of values, under each kind of release name, all references fit."""
    assert problems(render(values, name)) == []


def test_helm_finds_no_fault_in_the_chart() -> None:
    """`helm lint --strict` reports nothing above information."""
    report = lint(CHART, URL, strict=True)
    assert report["errors"] == []
    assert [message for message in report["messages"] if message["severity"] > 1] == []


def test_the_chart_has_the_version_of_the_program() -> None:
    """The image that the chart names by default is that of this program."""
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    assert chart["appVersion"] == __version__


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({}, "externalUrl"),
        ({"externalUrl": "alerts.example.com"}, "externalUrl"),
        ({**URL, "replicas": 3}, "replicas"),
        ({**URL, "replicaCount": 3}, "replicaCount"),
        ({**URL, "settings": {"GATEWAY_LEASE": 60}}, "GATEWAY_LEASE"),
        ({**URL, "persistence": {"size": "5GiB"}}, "size"),
        ({**URL, "networkPolicy": {"fromNamespaces": []}}, "fromNamespaces"),
    ],
)
def test_invalid_values_are_refused_by_name(values: dict[str, Any], named: str) -> None:
    """A misspelt key, and several replicas on SQLite, never reach a cluster."""
    with pytest.raises(HelmError, match=named):
        render(values)


def test_routes_of_the_values_load_and_arrive_unchanged() -> None:
    """Templates in routes.yaml are the gateway's, and Helm leaves them alone."""
    default = one(render(URL), "ConfigMap")["data"]["routes.yaml"]
    assert load(default, env=SECRETS).plan.receivers
    shipped = (CHECKOUT / "routes.yaml").read_text()
    config = one(render({**URL, "routes": shipped}), "ConfigMap")
    assert config["data"]["routes.yaml"].rstrip() == shipped.rstrip()


def test_options_add_what_they_name() -> None:
    """Ingress, monitoring and a budget appear with their values only."""
    optional = {"Ingress", "ServiceMonitor", "PrometheusRule", "PodDisruptionBudget"}
    assert not optional & {manifest["kind"] for manifest in render(URL)}
    manifests = render(EVERYTHING)
    assert optional <= {manifest["kind"] for manifest in manifests}
    monitor = one(manifests, "ServiceMonitor")
    assert monitor["metadata"]["labels"]["release"] == "kps"
    (endpoint,) = monitor["spec"]["endpoints"]
    # The shipped rules select by this name.
    assert endpoint["relabelings"] == [{"targetLabel": "job", "replacement": "alert-gateway"}]
    assert not of_kind(manifests, "PersistentVolumeClaim")
    assert not of_kind(render({**URL, "persistence": {"existingClaim": "mine"}}),
                       "PersistentVolumeClaim")  # fmt: skip


def test_dashboards_arrive_unchanged() -> None:
    """Names of labels in legends are Grafana's, and Helm leaves them alone."""
    assert len(of_kind(render(URL), "ConfigMap")) == 1
    maps = of_kind(render({**URL, "monitoring": {"dashboards": True}}), "ConfigMap")
    (dashboards,) = [one for one in maps if "grafana_dashboard" in one["metadata"]["labels"]]
    assert dashboards["data"].keys() == {"gateway.json", "alerts.json"}
    for name, text in dashboards["data"].items():
        assert text.rstrip() == (GATEWAY_JSON / name).read_text().rstrip()

"""The kustomize base and its overlays, rendered by the real kubectl and validated.

No cluster is needed, so these tests cannot see whether images exist, volumes can be mounted, the
cluster's admission rules, or whether its network plugin enforces a NetworkPolicy.
"""

import copy
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.rules import copies
from gateway.config.load import load
from tests.deploy.manifests import Manifest, documents, of_kind, one, problems
from tests.docs.pages import snippets
from tests.shared_data import CHECKOUT

KUBERNETES = CHECKOUT / "deploy" / "kubernetes"
OVERLAYS = ["sqlite", "postgres"]
SECRETS = dict.fromkeys(("ALERTMANAGER_TOKEN", "PROMETHEUS_TOKEN"), "test-token")


@cache
def rendered_text(overlay: str) -> str:
    """Render an overlay. Skips where there is no kubectl, which no Debian package brings."""
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("no kubectl on PATH: the overlays are not rendered, only their files are read")
    return kustomize(kubectl, KUBERNETES / "overlays" / overlay)


def kustomize(kubectl: str, folder: Path) -> str:
    done = subprocess.run(
        [kubectl, "kustomize", folder], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def rendered(overlay: str) -> list[Manifest]:
    return documents(rendered_text(overlay))


@pytest.mark.peer
@pytest.mark.parametrize("overlay", OVERLAYS)
def test_an_overlay_is_valid_and_its_names_fit_together(overlay: str) -> None:
    """Kubernetes' schemas accept it strictly, and every reference leads to something."""
    assert problems(rendered(overlay)) == []


BREAKS: dict[str, Callable[[Manifest], Any]] = {
    "Additional properties are not allowed": lambda pod: pod.update(restartPolcy="Always"),
    "is not a quantity": lambda pod: pod["containers"][0]["resources"]["limits"].update(
        memory="512Mib"
    ),
    "no ConfigMap": lambda pod: next(
        volume["configMap"] for volume in pod["volumes"] if "configMap" in volume
    ).update(name="gone"),
    "is not a setting": lambda pod: pod["containers"][0]["env"][0].update(name="GATEWAY_LISTN"),
    "no volume": lambda pod: pod["containers"][0]["volumeMounts"][0].update(name="gone"),
    "never reaches a subPath": lambda pod: pod["containers"][0]["volumeMounts"][0].update(
        subPath="routes.yaml"
    ),
    "no readinessProbe": lambda pod: pod["containers"][0].pop("readinessProbe"),
    "killed before messages": lambda pod: pod.update(terminationGracePeriodSeconds=10),
}


@pytest.mark.peer
@pytest.mark.parametrize("problem", BREAKS)
def test_a_mistake_in_a_manifest_is_found(problem: str) -> None:
    """The checks of this file fail on what they are for."""
    manifests = copy.deepcopy(rendered("sqlite"))
    BREAKS[problem](one(manifests, "Deployment")["spec"]["template"]["spec"])
    assert any(problem in line for line in problems(manifests)), problems(manifests)


@pytest.mark.peer
@pytest.mark.parametrize("overlay", OVERLAYS)
def test_a_pod_is_as_restricted_as_kubernetes_can(overlay: str) -> None:
    """It meets the Pod Security Standard `restricted`, as the user of the image, read-only."""
    pod = one(rendered(overlay), "Deployment")["spec"]["template"]["spec"]
    (user,) = re.findall(r"^USER (\d+)$", (CHECKOUT / "Dockerfile").read_text(), re.MULTILINE)
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] == int(user)
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    for container in (*pod.get("initContainers", ()), *pod["containers"]):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }


@pytest.mark.peer
def test_one_replica_has_a_volume_and_several_have_postgresql() -> None:
    """Two pods never open one SQLite file; without a URL several replicas do not start."""
    single = one(rendered("sqlite"), "Deployment")["spec"]
    assert single["replicas"] == 1
    assert single["strategy"] == {"type": "Recreate"}
    assert len(of_kind(rendered("sqlite"), "PersistentVolumeClaim")) == 1
    assert not of_kind(rendered("sqlite"), "PodDisruptionBudget")
    several = rendered("postgres")
    spec = one(several, "Deployment")["spec"]
    assert spec["replicas"] > 1
    assert spec["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    (container,) = spec["template"]["spec"]["containers"]
    variables = {variable["name"] for variable in container["env"]}
    assert "GATEWAY_DATABASE_URL" not in variables  # it is in the Secret
    assert "/data" not in {mount["mountPath"] for mount in container["volumeMounts"]}
    (migrate,) = spec["template"]["spec"]["initContainers"]
    assert migrate["args"] == ["migrate"]
    assert migrate["image"] == container["image"]
    assert {"PodDisruptionBudget", "ServiceMonitor", "PrometheusRule", "NetworkPolicy"} <= {
        manifest["kind"] for manifest in several
    }


@pytest.mark.peer
@pytest.mark.parametrize("overlay", OVERLAYS)
def test_a_changed_configmap_keeps_its_name_and_is_watched(overlay: str) -> None:
    """A change reaches the running gateway: no hash in the name, and the gateway watches."""
    manifests = rendered(overlay)
    config = one(manifests, "ConfigMap")
    assert config["metadata"]["name"] == "alert-gateway-config"
    (container,) = one(manifests, "Deployment")["spec"]["template"]["spec"]["containers"]
    variables = {variable["name"]: variable["value"] for variable in container["env"]}
    assert variables["GATEWAY_RELOAD_ON_CHANGE"] == "1"
    mounts = {mount["mountPath"] for mount in container["volumeMounts"]}
    assert str(Path(variables["GATEWAY_CONFIG"]).parent) in mounts
    assert variables["GATEWAY_SECRETS_DIR"] in mounts
    assert load(config["data"]["routes.yaml"], env=SECRETS).plan.receivers


@pytest.mark.peer
def test_the_documented_overlay_sets_address_image_and_routes(tmp_path: Path) -> None:
    """What docs/install.md shows, on the overlay of this checkout, changes just that."""
    kubectl = shutil.which("kubectl") or pytest.skip("no kubectl on PATH")
    shown = next(
        snippet.text
        for snippet in snippets(CHECKOUT / "docs" / "install.md")
        if snippet.info == "yaml kustomization.yaml"
    )
    here = os.path.relpath(KUBERNETES / "overlays" / "sqlite", tmp_path)
    text, count = re.subn(r'"github.com/[^"]*"', f'"{here}"', shown)
    assert count == 1
    (tmp_path / "kustomization.yaml").write_text(text)
    routes = (CHECKOUT / "routes.yaml").read_text()
    (tmp_path / "routes.yaml").write_text(routes)
    manifests = documents(kustomize(kubectl, tmp_path))
    assert problems(manifests) == []
    assert one(manifests, "ConfigMap")["metadata"]["name"] == "alert-gateway-config"
    assert one(manifests, "ConfigMap")["data"]["routes.yaml"] == routes
    (container,) = one(manifests, "Deployment")["spec"]["template"]["spec"]["containers"]
    assert {"name": "GATEWAY_EXTERNAL_URL", "value": "https://oncall.example.com"} in container[
        "env"
    ]


@pytest.mark.peer
def test_the_component_with_dashboards_fits_each_overlay(tmp_path: Path) -> None:
    """Grafana's sidecar finds them by their label."""
    kubectl = shutil.which("kubectl") or pytest.skip("no kubectl on PATH")
    for overlay in OVERLAYS:
        folder = tmp_path / overlay
        folder.mkdir()
        base, component = (
            os.path.relpath(KUBERNETES / path, folder)
            for path in (f"overlays/{overlay}", "components/dashboards")
        )
        content = {"resources": [base], "components": [component]}
        (folder / "kustomization.yaml").write_text(yaml.safe_dump(content))
        manifests = documents(kustomize(kubectl, folder))
        assert problems(manifests) == []
        labels = [one["metadata"].get("labels", {}) for one in of_kind(manifests, "ConfigMap")]
        assert [one.get("grafana_dashboard") for one in labels].count("1") == 1


@pytest.mark.peer
@pytest.mark.parametrize("overlay", OVERLAYS)
def test_no_secret_is_in_a_manifest(overlay: str) -> None:
    """Secrets are made beside the manifests, and mounted as files."""
    assert not of_kind(rendered(overlay), "Secret")
    assert "secretKeyRef" not in rendered_text(overlay)


def test_every_file_that_a_kustomization_names_exists() -> None:
    """Also where no kubectl can render them."""
    for path in KUBERNETES.rglob("kustomization.yaml"):
        content = yaml.safe_load(path.read_text())
        patches = [patch["path"] for patch in content.get("patches", ())]
        generated = [name for one in content.get("configMapGenerator", ()) for name in one["files"]]
        for name in (*content.get("resources", ()), *content.get("components", ()), *patches):
            assert (path.parent / name).exists(), f"{path}: {name}"
        assert all((path.parent / name).is_file() for name in generated)


def test_copies_of_the_rules_are_up_to_date() -> None:
    """Both have the rules of docs/gateway.rules.yml; `make docs` writes them."""
    for path, text in copies().items():
        assert path.read_text(encoding="utf-8") == text, path
    rules, helm = (yaml.safe_load(text) for text in copies().values())
    shipped = yaml.safe_load((CHECKOUT / "docs/gateway.rules.yml").read_text())
    assert rules["spec"] == helm == shipped

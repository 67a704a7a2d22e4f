"""Kubernetes manifests: validation by its schemas, and of what schemas cannot see.

The schemas find unknown fields and wrong types. They do not see a name that nothing has, a selector
that matches nothing, a wrong quantity, or anything in the Prometheus operator's kinds.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import kubernetes_validate
import yaml

from gateway.settings import SETTINGS

VERSION = "1.37"
OPERATOR_KINDS = {"ServiceMonitor", "PrometheusRule"}
QUANTITY = re.compile(r"\d+(\.\d+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?")
PROBED_PATHS = {
    "startupProbe": "/healthz",
    "livenessProbe": "/healthz",
    "readinessProbe": "/readyz",
}

Manifest = dict[str, Any]


def documents(text: str) -> list[Manifest]:
    """Return the manifests of a rendered text."""
    return [one for one in yaml.safe_load_all(text) if one]


def of_kind(manifests: Sequence[Manifest], kind: str) -> list[Manifest]:
    return [one for one in manifests if one["kind"] == kind]


def one(manifests: Sequence[Manifest], kind: str) -> Manifest:
    """Return the only manifest of a kind."""
    (manifest,) = of_kind(manifests, kind)
    return manifest


def problems(manifests: Sequence[Manifest]) -> list[str]:
    """Return everything that is wrong with a whole set of manifests."""
    result = list(_schema_problems(manifests))
    deployment = one(manifests, "Deployment")
    result += _pod_problems(deployment["spec"]["template"]["spec"], manifests)
    result += _selector_problems(deployment, manifests)
    result += _quantity_problems(manifests, "")
    return result


def _schema_problems(manifests: Sequence[Manifest]) -> Iterator[str]:
    for manifest in manifests:
        if manifest["kind"] in OPERATOR_KINDS:
            continue
        try:
            kubernetes_validate.validate(manifest, VERSION, strict=True)
        except kubernetes_validate.ValidationError as error:
            yield f"{manifest['kind']}: {error.message}"


def _pod_problems(pod: Manifest, manifests: Sequence[Manifest]) -> Iterator[str]:
    names = {
        kind: {one["metadata"]["name"] for one in of_kind(manifests, kind)}
        for kind in ("ConfigMap", "PersistentVolumeClaim", "ServiceAccount")
    }
    if pod["serviceAccountName"] not in names["ServiceAccount"]:
        yield "no such service account"
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    for volume in volumes.values():
        if (source := volume.get("configMap")) and source["name"] not in names["ConfigMap"]:
            yield f"volume {volume['name']}: no ConfigMap {source['name']}"
        claim = volume.get("persistentVolumeClaim")
        if claim and claim["claimName"] not in names["PersistentVolumeClaim"]:
            yield f"volume {volume['name']}: no claim {claim['claimName']}"
    mounted = set()
    for container in (*pod.get("initContainers", ()), *pod["containers"]):
        yield from _container_problems(container, volumes)
        mounted |= {mount["name"] for mount in container["volumeMounts"]}
    yield from (f"volume {name} is mounted nowhere" for name in volumes.keys() - mounted)
    yield from _stop_problems(pod)


def _container_problems(container: Manifest, volumes: Mapping[str, Any]) -> Iterator[str]:
    settings = {setting.name for setting in SETTINGS}
    for variable in container["env"]:
        if variable["name"] not in settings:
            yield f"{container['name']}: {variable['name']} is not a setting"
    for mount in container["volumeMounts"]:
        if mount["name"] not in volumes:
            yield f"{container['name']}: no volume {mount['name']}"
        if "subPath" in mount:
            yield f"{container['name']}: a change never reaches a subPath"
    ports = {port["name"] for port in container.get("ports", ())}
    for probe, path in PROBED_PATHS.items():
        if probe not in container:
            if container["name"] == "gateway":
                yield f"no {probe}"
            continue
        request = container[probe]["httpGet"]
        if request != {"path": path, "port": "http"} or "http" not in ports:
            yield f"{probe}: {request}"


def _stop_problems(pod: Manifest) -> Iterator[str]:
    (gateway,) = pod["containers"]
    patience = next(int(one.default) for one in SETTINGS if one.name == "GATEWAY_STOP_PATIENCE")
    pause = gateway["lifecycle"]["preStop"]["sleep"]["seconds"]
    if pod["terminationGracePeriodSeconds"] < pause + patience + 10:
        yield "the pod is killed before messages in flight are finished"


def _selector_problems(deployment: Manifest, manifests: Sequence[Manifest]) -> Iterator[str]:
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    if not _matches(deployment["spec"]["selector"]["matchLabels"], labels):
        yield "the deployment does not select its pods"
    for service in of_kind(manifests, "Service"):
        if not _matches(service["spec"]["selector"], labels):
            yield "the service selects no pod"
        for monitor in of_kind(manifests, "ServiceMonitor"):
            expected = monitor["spec"]["selector"]["matchLabels"]
            if not _matches(expected, service["metadata"]["labels"]):
                yield "the ServiceMonitor selects no service"
            ports = {port["name"] for port in service["spec"]["ports"]}
            if not {one["port"] for one in monitor["spec"]["endpoints"]} <= ports:
                yield "the ServiceMonitor names no port of the service"
    for budget in of_kind(manifests, "PodDisruptionBudget"):
        if not _matches(budget["spec"]["selector"]["matchLabels"], labels):
            yield "the PodDisruptionBudget selects no pod"
        if deployment["spec"]["replicas"] < 2:
            yield "a PodDisruptionBudget for one replica blocks every drain"
    for policy in of_kind(manifests, "NetworkPolicy"):
        if not _matches(policy["spec"]["podSelector"].get("matchLabels", {}), labels):
            yield "the NetworkPolicy selects no pod"


def _matches(selector: Mapping[str, str], labels: Mapping[str, str]) -> bool:
    return selector.items() <= labels.items()


def _quantity_problems(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _quantity_problems(item, f"{path}[{number}]")
    elif isinstance(value, dict):
        for key, item in value.items():
            if key in ("cpu", "memory", "storage", "sizeLimit"):
                if not QUANTITY.fullmatch(str(item)):
                    yield f"{path}.{key}: {item} is not a quantity"
            else:
                yield from _quantity_problems(item, f"{path}.{key}")

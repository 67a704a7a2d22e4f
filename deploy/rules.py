"""Copies of docs/gateway.rules.yml for Kubernetes and Helm; `make docs` writes them."""

from pathlib import Path

DEPLOY = Path(__file__).resolve().parent
RULES = DEPLOY.parent / "docs" / "gateway.rules.yml"
PROMETHEUS_RULE = DEPLOY / "kubernetes/components/monitoring/prometheusrule.yaml"
HELM_FILE = DEPLOY / "helm/alert-gateway/files/gateway.rules.yml"

_HEAD = """\
# Generated from docs/gateway.rules.yml by `make docs`.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: alert-gateway
  labels: {app.kubernetes.io/name: alert-gateway}
spec:
"""


def copies() -> dict[Path, str]:
    """Return the text of each copy by its path."""
    rules = RULES.read_text(encoding="utf-8")
    groups = rules[rules.index("groups:\n") :]
    lines = [f"  {line}" if line else "" for line in groups.splitlines()]
    return {PROMETHEUS_RULE: _HEAD + "\n".join(lines) + "\n", HELM_FILE: groups}


if __name__ == "__main__":
    for path, text in copies().items():
        path.write_text(text, encoding="utf-8")

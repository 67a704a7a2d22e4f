"""The links to check are those that messages would have."""

from gateway.config.load import load
from gateway.core.plan.link_checks import merge_positions
from gateway.flow.link_checks.collect import links_of_alert, links_of_file, unfilled_links

ROUTES = """
severities: {critical: {rank: 1}}
links:
  - {title: Wiki, url: "https://wiki.example.com/billing"}
  - {title: Logs, url: "https://logs.example.com/?s={{ labels.service }}"}
gateway_alerts: {runbooks: "https://docs.example.com/r"}
receivers: [{name: all}]
route:
  receiver: all
  routes:
    - matchers: ['team="billing"']
      links: [{title: Sentry, url: "https://s.example.com/{{ labels.issue }}"}]
"""


def test_links_are_filled_with_labels_and_each_has_its_line() -> None:
    """A link without labels is known from the file alone; the others need an alert."""
    plan = load(ROUTES, env={}).plan
    links = {one.url: one.positions for one in merge_positions(links_of_file(plan, 0.0))}
    assert links["https://wiki.example.com/billing"] == ("routes.yaml:4",)
    assert "https://docs.example.com/r/gateway-nobody-on-call" in links
    assert dict(unfilled_links(plan)).keys() == {"Logs", "Sentry"}
    labels = {"alertname": "X", "team": "billing", "service": "pay", "issue": "7"}
    annotations = {"runbook_url": "https://r.example.com/x", "dashboard": "https://d.example.com/y"}
    urls = {one.url for one in links_of_alert(plan, labels, annotations, 0.0, "rules.yml:3")}
    assert urls == {
        "https://r.example.com/x",
        "https://d.example.com/y",
        "https://wiki.example.com/billing",
        "https://logs.example.com/?s=pay",
        "https://s.example.com/7",
    }


def test_annotation_that_prometheus_fills_is_omitted() -> None:
    """Nobody knows the URL before the alert fires."""
    plan = load(ROUTES, env={}).plan
    annotations = {"runbook_url": "https://r.example.com/{{ $labels.kind }}"}
    urls = {one.url for one in links_of_alert(plan, {"alertname": "X"}, annotations, 0.0, "x")}
    assert urls == {"https://wiki.example.com/billing"}

"""Links of routes.yaml: how routes inherit them, and what is refused, with its position."""

import pytest

from gateway.core.routing.match import Route, match_routes
from tests.config.texts import faults, loaded

LINKS = """
links:
  - {title: Logs, url: "https://logs.example.com/?q={{ labels.service | urlencode }}"}
  - {title: Traces, url: "https://traces.example.com/"}
receivers: [{name: all}]
route:
  receiver: all
  routes:
    - matchers: ['team="billing"']
      links:
        - {title: Logs, url: "https://billing.example.com/"}
        - {title: Customer, url: "https://example.com/customers/{{ labels.customer }}"}
      routes:
        - matchers: ['severity="info"']
          links: [{title: Traces}]
"""


def titles(route: Route) -> list[tuple[str, str]]:
    """Title and beginning of the URL of each link."""
    return [(one.title, one.url[:23]) for one in route.links]


def test_route_inherits_links_replaces_them_by_title_and_takes_them_back() -> None:
    """The file's links come first, then the parents', then the route's own; one title once."""
    root = loaded(LINKS).plan.root
    (billing,) = match_routes(root, {"team": "billing"})
    (info,) = match_routes(root, {"team": "billing", "severity": "info"})
    logs, traces = ("Logs", "https://billing.example"), ("Traces", "https://traces.example.")
    customer = ("Customer", "https://example.com/cus")
    assert titles(root) == [("Logs", "https://logs.example.co"), traces]
    assert titles(billing) == [logs, traces, customer]
    assert titles(info) == [logs, customer]


@pytest.mark.parametrize(
    ("links", "message"),
    [
        ("[{title: A, url: 'javascript:x'}]", "links[0].url"),
        ("[{title: A, url: 'https://example.com/{{ lable.a }}'}]", "links[0].url"),
        ("[{title: '{{ }}', url: 'https://example.com/'}]", "links[0].title"),
        ("[{title: A, url: 'https://a.example.com/'}, {title: A, url: 'https://b.example.com/'}]",
         "links[1].title"),
        ("[{title: A}]", "links[0]"),
        ("[{url: 'https://example.com/'}]", "links[0]"),
    ],
)  # fmt: skip
def test_link_that_cannot_be_used_is_an_error_with_its_field(links: str, message: str) -> None:
    """`gateway check` names file, line and field."""
    text = f"links: {links}\nreceivers: [{{name: all}}]\nroute: {{receiver: all}}\n"
    (problem,) = faults(text)
    assert (problem.path, problem.line) == (message, 1)


def test_too_many_links_are_refused_where_they_add_up() -> None:
    """A message has room for eight."""
    several = ", ".join(f"{{title: L{n}, url: 'https://example.com/{n}'}}" for n in range(5))
    more = several.replace("L", "M")
    text = f"links: [{several}]\nreceivers: [{{name: all}}]\n"
    text += f"route: {{receiver: all, links: [{more}]}}\n"
    (problem,) = faults(text)
    assert problem.path == "route.links"
    assert "10 with those that it inherits; at most 8" in problem.message

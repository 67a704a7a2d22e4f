"""routes.yaml written as an alertmanager.yml."""

import yaml
from hypothesis import given
from hypothesis import strategies as st

from gateway.config.export.alertmanager import alertmanager_text
from gateway.config.load import load
from gateway.core.matching.matcher import Matcher
from gateway.core.matching.parse import parse_matchers
from gateway.core.plan.plan import Plan
from gateway.core.routing.match import RouteSpec, build_route
from tests.shared_data import CHECKOUT

ENV = {"MAIL_TOKEN": "test-mail-token"}
ROUTES = """
channels: {email: {token: "${MAIL_TOKEN}", from: alerts@example.com}}
receivers: [{name: everyone, email: [{to: admin@example.com}]}, {name: billing}]
severities:
  critical: {rank: 1, group_wait: 0s, repeat_interval: 2h}
  info: {rank: 2}
route:
  receiver: everyone
  group_by: [alertname, team]
  group_interval: 90s
  routes:
    - {matchers: ['severity="critical"'], receiver: billing, continue: true, repeat_interval: 2h}
    - match_re: {team: "billing|platform"}
      group_by: []
      labels: {desk: 'one'}
      mute_time_intervals: [weekend]
      routes: [{matchers: ['"my label"!="a b"'], group_by: ['...']}]
inhibit_rules:
  - {source_matchers: ['severity="critical"'], target_matchers: ['severity="warning"'],
     equal: [team]}
time_intervals:
  - name: weekend
    time_intervals:
      - {weekdays: ['saturday', 'sunday'], location: Europe/Berlin}
      - times: [{start_time: '22:00', end_time: '24:00'}]
        weekdays: ['monday:friday']
        days_of_month: ['1:7', '28:-1', '-3:-1', '15']
        months: ['january:march', '12']
        years: ['2026:2027', '2030']
"""


def written(text: str) -> str:
    return alertmanager_text(load(text, env=ENV).plan)


def test_routes_rules_and_intervals_are_written_as_alertmanager_has_them() -> None:
    """Each route says what it said itself, and the root all that it passes on."""
    read = yaml.safe_load(written(ROUTES))
    assert read["route"] == {
        "receiver": "everyone",
        "group_by": ["alertname", "team"],
        "continue": False,
        "group_wait": "30s",
        "group_interval": "1m30s",
        "repeat_interval": "4h",
        "routes": [
            {
                "receiver": "billing",
                "matchers": ['severity="critical"'],
                "continue": True,
                "repeat_interval": "2h",
            },
            {
                "group_by": [],
                "matchers": ['team=~"^(?:billing|platform)$"'],
                "mute_time_intervals": ["weekend"],
                "continue": False,
                "routes": [
                    {"group_by": ["..."], "matchers": ['"my label"!="a b"'], "continue": False}
                ],
            },
        ],
    }
    assert read["inhibit_rules"] == [
        {
            "source_matchers": ['severity="critical"'],
            "target_matchers": ['severity="warning"'],
            "equal": ["team"],
        }
    ]
    assert read["receivers"] == [{"name": "everyone"}, {"name": "billing"}]
    assert read["global"] == {"resolve_timeout": "5m"}
    (weekend,) = read["time_intervals"]
    assert weekend["time_intervals"] == [
        {"weekdays": ["saturday", "sunday"], "location": "Europe/Berlin"},
        {
            "times": [{"start_time": "22:00", "end_time": "24:00"}],
            "weekdays": ["monday:friday"],
            "days_of_month": ["1:7", "28:31", "-3:-1", "15"],
            "months": ["january:march", "december"],
            "years": ["2026:2027", "2030"],
        },
    ]


def test_what_the_grammar_cannot_say_is_a_comment() -> None:
    """Its readers are not misled by what is missing."""
    text = written(ROUTES.replace("'28:-1'", "'10:-2'"))
    comments = [line for line in text.splitlines() if line.startswith("#")]
    assert any(
        "severity='critical' has group_wait 0s, repeat_interval 2h" in one for one in comments
    )
    assert any("adds labels: desk='one'" in one for one in comments)
    assert any("'weekend' has days_of_month 10:-2, too" in one for one in comments)
    assert not any("info" in one for one in comments)


def test_no_address_and_no_secret_is_in_it() -> None:
    """Promise 10: where receivers lead is nobody's business who only asks for the routes."""
    routes = ROUTES.replace("{name: billing}", "{name: billing, webhook: [{url: '${HOOK}'}]}")
    config = load(routes, env={**ENV, "HOOK": "https://hook.example.com/test-secret"})
    text = alertmanager_text(config.plan)
    assert "example.com" not in text
    assert "HOOK" not in text
    assert "test-" not in text


def test_what_is_written_loads_here_and_means_the_same() -> None:
    """The text is a routes.yaml as well, and stays what it is."""
    text = written(ROUTES.replace("labels: {desk: 'one'}", ""))
    again = load(text.replace("templates: []\n", ""), env={}).plan
    before = load(ROUTES, env=ENV).plan
    assert [one.id for one in again.routes.values()] == [one.id for one in before.routes.values()]
    assert again.inhibit_rules == before.inhibit_rules


def test_the_shipped_file_can_be_written() -> None:
    """Ours is no exception."""
    plan = load(CHECKOUT / "routes.yaml", env={}).plan
    read = yaml.safe_load(alertmanager_text(plan))
    assert [one["name"] for one in read["receivers"]] == list(plan.receivers)


@given(
    name=st.text(st.characters(codec="utf-8"), min_size=1),
    value=st.text(st.characters(codec="utf-8")),
)
def test_any_matcher_comes_back_as_it_was(name: str, value: str) -> None:
    """Any text in a label's name or value, line ends of any kind included."""
    matcher = Matcher(name, "=", value)
    child = RouteSpec(matchers=[matcher], labels={"desk": value})
    plan = Plan(build_route(RouteSpec(receiver="everyone", routes=[child])), {})
    (route,) = yaml.safe_load(alertmanager_text(plan))["route"]["routes"]
    assert parse_matchers(route["matchers"][0], "utf8") == (matcher,)

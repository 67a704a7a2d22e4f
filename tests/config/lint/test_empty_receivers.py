"""Warnings about receivers without targets, unless their name says that it is intended."""

import pytest

from gateway.config.lint.empty_receivers import is_null_name
from tests.config.texts import loaded

SEVERITIES = "severities: {disaster: {rank: 1}, critical: {rank: 2}}\n"
RECEIVERS = "receivers: [{name: ops, console: [{}]}, {name: team}, {name: 'null'}]\n"


def warnings_of(text: str) -> list[str]:
    """Return the positions and messages of the warnings about receivers without targets."""
    return [
        f"{one.line}:{one.column}: {one.message}"
        for one in loaded(text).warnings
        if one.message.startswith("receiver ") and "has no targets" in one.message
    ]


def test_a_root_without_targets_is_warned_of() -> None:
    """Promise 2: alerts that no other route matches would notify nobody, silently."""
    assert warnings_of(RECEIVERS + "route:\n  receiver: team\n") == [
        '3:13: receiver "team" has no targets: nobody is notified of alerts that no other route '
        'matches; add a target, such as email:, or call it "null" or "nobody" if that is intended'
    ]


def test_a_route_of_the_worst_severity_is_warned_of_where_its_receiver_is_named() -> None:
    """The position is that of `receiver:`, also for routes that inherit it; each receiver once."""
    text = (
        SEVERITIES + RECEIVERS + "route:\n"
        "  receiver: ops\n"
        "  routes:\n"
        "    - matchers: [team=db]\n"
        "      receiver: team\n"
        "      routes: [{matchers: [service=replica]}]\n"
        "    - matchers: [team=web]\n"
        "      receiver: team\n"
    )
    (warning,) = warnings_of(text)
    assert warning.startswith(
        '7:17: receiver "team" has no targets: nobody is notified of alerts of severity disaster '
    )


@pytest.mark.parametrize(
    "routes",
    [
        pytest.param("[{matchers: [severity=info], receiver: team}]", id="not for the worst"),
        pytest.param("[{matchers: [severity!~critical|page], receiver: team}]", id="excluded"),
        pytest.param("[{matchers: [team=db], receiver: 'null'}]", id="meant"),
        pytest.param(
            "[{matchers: [team=db], receiver: team, routes:"
            " [{matchers: [severity=~critical|page], receiver: ops}]}]",
            id="taken by a route below",
        ),
        pytest.param(
            "[{matchers: [severity=~critical|page]}, {matchers: [team=db], receiver: team}]",
            id="taken by a route before",
        ),
        pytest.param(
            "[{matchers: [severity=info], receiver: ops, routes:"
            " [{matchers: [team=db], receiver: team}]}]",
            id="not for the worst further up",
        ),
    ],
)
def test_a_route_that_pages_nobody_on_purpose_is_accepted(routes: str) -> None:
    """Empty receivers are legal in Alertmanager, and used: only lost pages are reported."""
    assert warnings_of(RECEIVERS + f"route: {{receiver: ops, routes: {routes}}}\n") == []


def test_a_route_before_that_continues_takes_nothing_away() -> None:
    """With continue: true the alert goes on to the route whose receiver has no targets."""
    routes = "[{matchers: [severity=critical], continue: true}, {receiver: team}]"
    (warning,) = warnings_of(RECEIVERS + f"route: {{receiver: ops, routes: {routes}}}\n")
    assert "alerts of severity critical that arrive here" in warning


def test_a_root_whose_alerts_all_match_another_route_is_accepted() -> None:
    """No alert is left for it."""
    routes = "[{matchers: [team=db], receiver: ops}, {receiver: ops}]"
    assert warnings_of(RECEIVERS + f"route: {{receiver: team, routes: {routes}}}\n") == []


def test_a_receiver_with_an_escalation_alone_is_accepted() -> None:
    """Its people are notified one after the other."""
    text = (
        "people: {ana: {email: ana@example.com}}\n"
        "channels: {email: {provider: console, from: a@example.com}}\n"
        "escalations: {e: [{notify: ['person:ana'], wait: 5m}]}\n"
        "receivers: [{name: team, escalate: e}]\nroute: {receiver: team}\n"
    )
    assert warnings_of(text) == []


@pytest.mark.parametrize(
    ("name", "intended"),
    [
        ("null", True),
        ("Null", True),
        ("blackhole", True),
        ("black-hole", True),
        ("team-null", True),
        ("/dev/null", True),
        ("nobody", True),
        ("nullify-team", False),
        ("default", False),
        ("", False),
    ],
)
def test_a_name_with_a_word_such_as_null_says_that_nobody_is_notified(
    name: str, intended: bool
) -> None:
    """A whole word counts, in any case."""
    assert is_null_name(name) is intended


FALLING = """receivers:
  - {name: 'null'}
  - {name: ops, console: [{}]}
  - {name: billing, console: [{}], fallback: ops}
  - {name: platform, console: [{}]}
route:
  receiver: 'null'
  routes:
    - {matchers: [team=billing], receiver: billing}
"""


def falls(text: str) -> list[str]:
    """Return the positions and messages of the warnings about fallbacks without targets."""
    return [
        f"{one.line}:{one.column}: {one.message}"
        for one in loaded(text).warnings
        if "falls back on" in one.message
    ]


def test_what_would_fall_back_on_nobody_is_warned_of() -> None:
    """Promise 2: a root that notifies nobody on purpose is still everybody's fallback."""
    ops = "    - {matchers: [team=ops], receiver: ops}\n"
    platform = "    - {matchers: [team=platform], receiver: platform}\n"
    assert falls(FALLING + ops) == [
        '7:13: what cannot be delivered to "ops" falls back on the root\'s receiver, which has no'
        " targets: nobody would be notified; give each a fallback:, a receiver on another channel"
    ]
    (warning,) = falls(FALLING + ops + platform)
    assert 'delivered to "ops" and 1 more falls' in warning


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(FALLING, id="each that is used names its own"),
        pytest.param(
            FALLING.replace("receiver: 'null'", "receiver: ops"), id="a root with targets"
        ),
        pytest.param(
            FALLING + "    - {matchers: [team=web], receiver: 'null'}\n",
            id="another that is silent",
        ),
    ],
)
def test_a_fallback_with_targets_is_accepted(text: str) -> None:
    """No warning without a reason."""
    assert falls(text) == []

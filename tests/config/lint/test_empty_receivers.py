"""A receiver without places, where pages end: forgotten, or meant and called so."""

import pytest

from gateway.config.lint.empty_receivers import is_null_name
from tests.config.texts import loaded

SEVERITIES = "severities: {disaster: {rank: 1}, critical: {rank: 2}}\n"
RECEIVERS = "receivers: [{name: ops, console: [{}]}, {name: team}, {name: 'null'}]\n"


def doubted(text: str) -> list[str]:
    """Places and words of the doubts about receivers without places."""
    return [
        f"{one.line}:{one.column}: {one.message}"
        for one in loaded(text).warnings
        if one.message.startswith("receiver ") and "has no places" in one.message
    ]


def test_the_root_without_places_is_doubted() -> None:
    """Promise 2: whatever is left over would be told to nobody, and nothing would say so."""
    assert doubted(RECEIVERS + "route:\n  receiver: team\n") == [
        '3:13: receiver "team" has no places: nobody is told of whatever no other route takes; '
        'give it one, such as email:, or call it "null" or "nobody" where that is meant'
    ]


def test_a_route_that_takes_the_worst_is_doubted_where_its_receiver_is_named() -> None:
    """The place is that of `receiver:`, also for routes that inherit it; each receiver once."""
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
    (said,) = doubted(text)
    assert said.startswith(
        '7:17: receiver "team" has no places: nobody is told of alerts of severity disaster that'
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
def test_a_route_that_pages_nobody_on_purpose_is_not_doubted(routes: str) -> None:
    """Empty receivers are legal in Alertmanager, and used: only lost pages are worth a word."""
    assert doubted(RECEIVERS + f"route: {{receiver: ops, routes: {routes}}}\n") == []


def test_a_route_before_that_continues_takes_nothing_away() -> None:
    """With continue: true the alert goes on to the route whose receiver has no places."""
    routes = "[{matchers: [severity=critical], continue: true}, {receiver: team}]"
    (said,) = doubted(RECEIVERS + f"route: {{receiver: ops, routes: {routes}}}\n")
    assert "alerts of severity critical that come here" in said


def test_the_root_is_not_doubted_where_a_route_takes_everything() -> None:
    """Nothing is left over for it."""
    routes = "[{matchers: [team=db], receiver: ops}, {receiver: ops}]"
    assert doubted(RECEIVERS + f"route: {{receiver: team, routes: {routes}}}\n") == []


def test_an_escalation_is_a_place() -> None:
    """A receiver may have nothing but people who are asked one after the other."""
    text = (
        "people: {ana: {email: ana@example.com}}\n"
        "channels: {email: {provider: console, from: a@example.com}}\n"
        "escalations: {e: [{notify: ['person:ana'], wait: 5m}]}\n"
        "receivers: [{name: team, escalate: e}]\nroute: {receiver: team}\n"
    )
    assert doubted(text) == []


@pytest.mark.parametrize(
    ("name", "meant"),
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
def test_a_name_may_say_that_nobody_is_told(name: str, meant: bool) -> None:
    """By a whole word of it, however it is written."""
    assert is_null_name(name) is meant


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
    """Places and words of the doubts about fallbacks on nobody."""
    return [
        f"{one.line}:{one.column}: {one.message}"
        for one in loaded(text).warnings
        if "falls back on" in one.message
    ]


def test_what_would_fall_back_on_nobody_is_doubted() -> None:
    """Promise 2: a root that tells nobody on purpose is everybody's fallback all the same."""
    ops = "    - {matchers: [team=ops], receiver: ops}\n"
    platform = "    - {matchers: [team=platform], receiver: platform}\n"
    assert falls(FALLING + ops) == [
        '7:13: what cannot be delivered to "ops" falls back on the root\'s receiver, which has no'
        " places: nobody would hear of it; give each a fallback:, a receiver on another channel"
    ]
    (said,) = falls(FALLING + ops + platform)
    assert 'delivered to "ops" and 1 more falls' in said


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(FALLING, id="each that is used names its own"),
        pytest.param(FALLING.replace("receiver: 'null'", "receiver: ops"), id="a root with places"),
        pytest.param(
            FALLING + "    - {matchers: [team=web], receiver: 'null'}\n",
            id="another that is silent",
        ),
    ],
)
def test_what_falls_back_on_somebody_is_not(text: str) -> None:
    """No doubt without a reason."""
    assert falls(text) == []

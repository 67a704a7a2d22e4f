"""Warnings about routes, layers and time intervals that can never take effect."""

import pytest

from gateway.config.load import load
from tests.config.texts import CHECKOUT, NOW, warning_texts
from tests.importers.alertmanager.texts import API, BILLING, WIDE, imported

PEOPLE = "people: {ana: {email: ana@example.com}, ben: {email: ben@example.com}}\n"
RECEIVERS = "receivers: [{name: all, console: [{}]}]\n"
PARTS = ("can never match", "never takes effect", "muted for good")


def shadowed(text: str, now: float | None = NOW) -> list[str]:
    return [one for one in warning_texts(text, now) if any(part in one for part in PARTS)]


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ('team=~".*"', "team=billing"),
        ('team=~"billing|platform"', "team=billing"),
        ('team=~".+"', 'team=~"billing|platform"'),
    ],
)
def test_a_route_behind_a_pattern_that_matches_all_its_alerts_is_warned_of(
    earlier: str, later: str
) -> None:
    """The position is that of the route, and the line that of the earlier one."""
    text = (
        f"{RECEIVERS}route:\n  receiver: all\n  routes:\n"
        f"    - matchers: ['{earlier}']\n    - matchers: ['{later}']\n"
    )
    assert shadowed(text) == [
        "routes.yaml:6:7: this route can never match: the one in line 5 takes all its alerts "
        "first; put it before that one, or let that one continue: true"
    ]


def test_a_route_whose_matchers_contradict_those_above_is_warned_of() -> None:
    """No alert has two teams; the matchers are shown together."""
    text = (
        f"{RECEIVERS}route:\n  receiver: all\n  routes:\n    - matchers: [team=billing]\n"
        '      routes:\n        - matchers: [team=~"plat.*", severity=critical]\n'
    )
    assert shadowed(text) == [
        'routes.yaml:7:11: this route can never match: no alert fulfils {team="billing", '
        'team=~"plat.*"} together; correct one of them'
    ]


def test_a_hidden_layer_is_warned_of_at_its_position() -> None:
    """The layer for nights stands above the one that always applies."""
    always = "{members: [ana], start: 2026-01-05}"
    nights = '{members: [ben], start: 2026-01-05, restrictions: [{from: "20:00", to: "08:00"}]}'
    text = PEOPLE + "rotas: {r: {layers: [%s, %s]}}\n" + RECEIVERS + "route: {receiver: all}\n"
    (warning,) = shadowed(text % (nights, always))
    assert warning.startswith("routes.yaml:2:22: this layer never takes effect: ")
    assert shadowed(text % (always, nights)) == []


ALWAYS = [
    "[{}]",
    "[{weekdays: ['monday:friday']}, {weekdays: [saturday, sunday]}]",
    "[{times: [{start_time: '00:00', end_time: '12:00'}]},"
    " {times: [{start_time: '12:00', end_time: '24:00'}]}]",
    "[{days_of_month: ['1:-1'], location: Europe/Berlin}]",
    "[{months: ['january:june']}, {months: ['7:12']}]",
]
SOMETIMES = [
    "[{weekdays: ['monday:friday']}, {weekdays: [saturday]}]",
    "[{times: [{start_time: '00:00', end_time: '23:59'}]}]",
    "[{days_of_month: ['1:28']}]",
    "[{months: ['january:june'], location: Europe/Berlin}, {months: ['7:12']}]",
    "[{years: ['2020:2025']}]",
]
MUTED = """\
receivers: [{name: all, console: [{}]}]
route:
  receiver: all
  routes:
    - {matchers: [a=b], KIND: [n]}
time_intervals:
  - {name: n, time_intervals: SPANS}
"""


@pytest.mark.parametrize("spans", ALWAYS)
def test_a_route_that_is_muted_at_all_times_is_warned_of(spans: str) -> None:
    """Nothing that comes there is ever notified; as active intervals the same are harmless."""
    text = MUTED.replace("SPANS", spans)
    (warning,) = shadowed(text.replace("KIND", "mute_time_intervals"))
    assert warning.startswith("routes.yaml:5:46: this route is muted for good by its mute_time")
    assert shadowed(text.replace("KIND", "active_time_intervals")) == []


@pytest.mark.parametrize("spans", ["[]", "[{days_of_month: [31], months: [2]}]", SOMETIMES[-1]])
def test_a_route_whose_active_intervals_never_come_again_is_warned_of(spans: str) -> None:
    """Empty, impossible, or over for years: the route stays silent."""
    text = MUTED.replace("SPANS", spans).replace("KIND", "active_time_intervals")
    (warning,) = shadowed(text)
    assert "muted for good by its active_time_intervals" in warning


@pytest.mark.parametrize("spans", SOMETIMES)
def test_a_route_that_is_muted_sometimes_is_not_warned_of(spans: str) -> None:
    """A minute a day, a few days a month: it is notified then."""
    text = MUTED.replace("SPANS", spans)
    assert shadowed(text.replace("KIND", "mute_time_intervals")) == []
    if spans != SOMETIMES[-1]:
        assert shadowed(text.replace("KIND", "active_time_intervals")) == []


def test_mute_and_active_intervals_that_leave_no_time_are_seen_together() -> None:
    """Active on working days, muted on working days."""
    text = MUTED.replace("SPANS", "[{weekdays: ['monday:friday']}]")
    text = text.replace("KIND: [n]", "mute_time_intervals: [n], active_time_intervals: [n]")
    (warning,) = shadowed(text)
    assert "muted for good by its mute_time_intervals and active_time_intervals" in warning


def test_the_shipped_file_and_imported_ones_have_nothing_shadowed() -> None:
    """A warning that is wrong once is not read again."""
    plans = [load(CHECKOUT / "routes.yaml", env={}, now=NOW)]
    for file in (BILLING, API, WIDE):
        translation = imported(file)
        plans.append(
            load(
                translation.text,
                env=translation.environment,
                read_file=lambda _: b"https://example.com/test-hook",
                now=NOW,
            )
        )
    for plan in plans:
        assert not [str(one) for one in plan.warnings if any(w in one.message for w in PARTS)]

"""Warnings about valid configuration that is probably a mistake, each with its position."""

import pytest

from tests.config.texts import REST, warning_texts

ACCOUNTS = "channels: {email: {provider: console}, slack: {provider: console}}\n"
PEOPLE = ACCOUNTS + "people: {ana: {email: ana@example.com}, ben: {slack: U012BEN}}\n"
ROTA = (
    PEOPLE + "rotas: {r: {layers: [{members: [ana], start: 2026-01-05,"
    " restrictions: [{weekdays: [mon-fri], from: 09:00, to: 17:00}]}]}}\n"
    "escalations: {e: [{notify: ['rota:r'], wait: 5m}]}\n"
    "receivers: [{name: all, escalate: e}]\n"
    "route: {receiver: all}\n"
)


def test_a_plain_plan_has_no_warnings() -> None:
    """Warnings without a reason would not be read."""
    assert warning_texts(PEOPLE + REST) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            "receivers: [{name: all}, {name: spare}]\nroute: {receiver: all}\n",
            '1:33: receiver "spare" is used by no route',
            id="unused receiver",
        ),
        pytest.param(
            "receivers: [{name: all}]\n"
            "route:\n"
            "  receiver: all\n"
            "  routes:\n"
            "    - matchers: [team=billing]\n"
            "    - matchers: [team=billing, severity=critical]\n",
            "6:7: this route can never match: the one in line 5 takes all its alerts first; put it "
            "before that one, or let that one continue: true",
            id="unreachable route",
        ),
        pytest.param(
            "receivers: [{name: all}]\n"
            "time_intervals: [{name: n, time_intervals: [{days_of_month: [31], months: [2]}]}]\n"
            "route: {receiver: all, routes: [{mute_time_intervals: [n]}]}\n",
            '2:45: part of time interval "n" never matches',
            id="interval that never matches",
        ),
        pytest.param(
            "receivers: [{name: all}]\n"
            "time_intervals: [{name: n}]\n"
            "route: {receiver: all, routes: [{mute_time_intervals: [n]}]}\n",
            '2:18: time interval "n" is empty: it never matches',
            id="empty interval",
        ),
        pytest.param(
            "time_intervals: [{name: n, time_intervals: [{}]}]" + REST,
            '1:25: time interval "n" is used by no route and no escalation step',
            id="unused interval",
        ),
        pytest.param(
            "channels: {voice: {provider: console}}\npeople: {ana: {voice: '+4915112345678'}}"
            + REST,
            '2:10: "ana" is reached by calls only, which are about no end: add another contact',
            id="person with calls only",
        ),
        pytest.param(
            "people: {ana: {name: Ana}}" + REST,
            '1:10: "ana" has no contact (email, slack, sms, voice or contacts): they cannot be '
            "notified",
            id="person without contact",
        ),
        pytest.param(
            "severities: {critical: {rank: 1}}\n"
            "receivers: [{name: all}]\n"
            "route: {receiver: all, routes: [{matchers: [severity=critcal]}]}\n",
            '3:44: severity="critcal": no such severity is declared; did you mean "critical"?',
            id="undeclared severity",
        ),
        pytest.param(
            "receivers: [{name: all}]\n"
            "route: {receiver: all, routes: [{matchers: ['team=\"db|web\"']}]}\n",
            '2:44: team="db|web": = takes the text as it stands; write =~ for a pattern',
            id="pattern without its operator",
        ),
        pytest.param(
            "receivers: [{name: all}]\nroute: {receiver: all, routes: [{match: {team: '=~db'}}]}\n",
            '2:33: team="=~db": = takes the text as it stands; write =~ for a pattern',
            id="operator in a value",
        ),
        pytest.param(
            "severities: {critical: {rank: 1}}\n"
            "receivers: [{name: all}]\n"
            "route: {receiver: all, routes: [{matchers: [\"severity='critical'\"]}]}\n",
            "3:44: severity=\"'critical'\": ' and ' are part of the value; write \" around it",
            id="single quotes in a matcher",
        ),
        pytest.param(
            "receivers: [{name: all}]\n"
            "route: {receiver: all, routes: [{matchers: ['team=~\u201cdb|web\u201d']}]}\n",
            '2:44: team=~"\u201cdb|web\u201d": \u201c and \u201d are part of the value; write " '
            "around it",
            id="typographic quotes in a matcher",
        ),
        pytest.param(
            "receivers: [{name: all}]\n"
            "route: {receiver: all}\n"
            "inhibit_rules: [{source_matchers: [a=b], target_matchers: ['team!=\"x.*\"']}]\n",
            '3:59: team!="x.*": != takes the text as it stands; write !~ for a pattern',
            id="pattern without its operator in an inhibit rule",
        ),
        pytest.param(
            "receivers: [{name: a, fallback: b}, {name: b, fallback: a}]\nroute: {receiver: a}\n",
            "1:33: fallback: goes round in a circle: a → b → a",
            id="fallback loop",
        ),
        pytest.param(
            "receivers: [{name: a, fallback: a}]\nroute: {receiver: a}\n",
            "1:33: fallback: goes round in a circle: a → a",
            id="fallback to itself",
        ),
        pytest.param(
            "escalations: {e: [{notify: ['receiver:all']}]}" + REST,
            '1:15: escalation "e" is used by no receiver',
            id="unused escalation",
        ),
        pytest.param(
            "receivers: [{name: all}]\n"
            "route: {receiver: all}\n"
            "inhibit_rules: [{target_matchers: [severity=info]}]\n",
            "3:17: inhibit rule: no source_matchers, so every alert is a source",
            id="inhibit rule without a source",
        ),
        pytest.param(
            PEOPLE + "escalations: {e: [{notify: ['person:ben'], by: [email]}]}\n"
            "receivers: [{name: all, escalate: e}]\nroute: {receiver: all}\n",
            '3:29: notify: "ben" cannot be notified by email: this person has no such contact',
            id="person without any contact of the step",
        ),
        pytest.param(
            "escalations: {e: [{notify: ['receiver:all']}, {notify: ['receiver:all']}]}\n"
            "receivers: [{name: all, escalate: e}]\nroute: {receiver: all}\n",
            "1:19: wait: is missing, and nothing sets respond_within: it is undefined "
            "when the next step comes",
            id="step without a wait",
        ),
        pytest.param(
            PEOPLE + "rotas: {r: {layers: [{members: [ana], start: 2026-01-05}],"
            " overrides: [{person: ana, from: 2026-10-01, to: 2026-10-02}]}}" + REST,
            "3:72: this override changes nothing",
            id="override that changes nothing",
        ),
    ],
)
def test_a_probable_mistake_is_warned_of(text: str, message: str) -> None:
    """Each warning is reported once, at its position."""
    assert warning_texts(text) == [f"routes.yaml:{message}"]


def test_gaps_in_a_paged_rota_are_warned_of() -> None:
    """The warning about an escalation to a rota with gaps says when nobody is on call."""
    assert warning_texts(ROTA) == [
        'routes.yaml:3:9: rota "r": nobody is on call for 21d8h of the next 4 weeks, first '
        "Mon 2026-09-21 17:00 to Tue 2026-09-22 09:00 (UTC), and an escalation pages it; "
        "gaps: allowed says that this is meant"
    ]


def test_allowed_gaps_are_not_warned_of() -> None:
    """The file says that they are meant."""
    text = ROTA.replace("layers:", "gaps: allowed, layers:", 1)
    assert text != ROTA
    assert warning_texts(text) == []


def test_gaps_are_not_searched_without_a_time() -> None:
    """Promise 8: without an instant nothing is reported about the coming weeks."""
    assert warning_texts(ROTA, now=None) == []


def test_gaps_in_a_rota_that_no_escalation_pages_are_accepted() -> None:
    """A rota that is only shown may have gaps."""
    text = ROTA.replace("rota:r", "person:ana")
    assert warning_texts(text) == []


def test_severities_are_not_checked_where_none_are_declared() -> None:
    """Without severities: a plan is Alertmanager's, and any severity may be routed."""
    assert (
        warning_texts(
            "receivers: [{name: all}]\nroute: {receiver: all, routes: [{match: {severity: x}}]}"
        )
        == []
    )

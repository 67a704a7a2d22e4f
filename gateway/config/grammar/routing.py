"""The grammar of routes, severities, watchdogs and flapping.

``route`` is Alertmanager's (its configuration documentation, 0.33), so that it can be pasted
unchanged.
"""

from gateway.config.grammar.durations import DURATION, POSITIVE_DURATION, RESPOND_WITHIN
from gateway.config.grammar.links import LINKS, LINKS_MEANING, TITLE
from gateway.config.grammar.lists import ListOf, MapOf
from gateway.config.grammar.sections import Field, Recursive, Section
from gateway.config.grammar.values import ANY_TEXT, FLAG, MATCHERS, NAME, TEXT, count

_MATCHER_LIST = ListOf(MATCHERS, or_one=True)
_LABELS = MapOf("label", ANY_TEXT)
_PATTERNS = MapOf("label", ANY_TEXT)


def _route() -> Section:
    return ROUTE


ROUTE = Section(
    "route",
    "Which alerts go to which receiver, how they are grouped and how often they are notified. An "
    "alert goes down the tree to the deepest route that matches it. A route inherits from its "
    "parent what it does not set.",
    (
        Field(
            "receiver", NAME, "The receiver that is notified.", "the parent's", "billing-critical"
        ),
        Field(
            "matchers",
            _MATCHER_LIST,
            "Conditions on an alert's labels; all must hold. `=`, `!=`, `=~`, `!~`; patterns are "
            "RE2 and must match the whole value. Not at the root.",
            "matches all",
            "['severity=\"critical\"', 'team=~\"billing|payments\"']",
        ),
        Field(
            "match",
            _LABELS,
            "Older form of matchers: labels that must have exactly these values.",
            "none",
            "{severity: critical}",
        ),
        Field(
            "match_re",
            _PATTERNS,
            "Older form of matchers: labels whose values must match these patterns.",
            "none",
            "{team: billing|payments}",
        ),
        Field(
            "group_by",
            ListOf(TEXT),
            "Alerts with the same values of these labels become one incident. `[...]` is every "
            "label, `[]` is one incident for all alerts of the route.",
            "the parent's; one incident for all at the root",
            "[alertname, team]",
        ),
        Field(
            "continue",
            FLAG,
            "Whether an alert that this route matched is also tried on its later siblings.",
            "false",
            "true",
        ),
        Field(
            "group_wait",
            DURATION,
            "How long a new incident waits for more alerts before the first notification.",
            "the severity's, the parent's, 30s at the root",
            "30s",
        ),
        Field(
            "group_interval",
            POSITIVE_DURATION,
            "How long to wait before notifying of new alerts in an incident already notified.",
            "the severity's, the parent's, 5m at the root",
            "5m",
        ),
        Field(
            "repeat_interval",
            POSITIVE_DURATION,
            "How long until an incident that stays unacknowledged is notified again. Exact, unless "
            "`repeats` says on the group interval.",
            "the severity's, the parent's, 4h at the root",
            "2h",
        ),
        Field(
            "respond_within",
            RESPOND_WITHIN,
            "How soon somebody should acknowledge: the wait of escalation steps without one. What "
            "is not acknowledged by then is marked as missed.",
            "the severity's, the parent's, no time at the root",
            "30m",
        ),
        Field(
            "reopen_after",
            POSITIVE_DURATION,
            "How long the alerts of an incident that somebody resolved by hand may still fire "
            "before it opens again.",
            "the parent's, 5m at the root",
            "15m",
        ),
        Field(
            "mute_time_intervals",
            ListOf(NAME),
            "Names of time intervals during which the route is muted. Not at the root, not "
            "inherited.",
            "none",
            "[release-window]",
        ),
        Field(
            "active_time_intervals",
            ListOf(NAME),
            "Names of time intervals during which the route is active; outside them it is muted. "
            "Not at the root, not inherited.",
            "always",
            "[office-hours]",
        ),
        Field(
            "labels",
            _LABELS,
            "Labels that the messages of this route carry beside those of the alerts.",
            "the parent's",
            "{tier: gold}",
        ),
        Field(
            "links",
            LINKS,
            f"{LINKS_MEANING} One with the title of an inherited link replaces it.",
            "the parent's",
            '[{title: Logs, url: "https://logs.example.com/?q={{ labels.service }}"}]',
        ),
        Field(
            "routes",
            ListOf(Recursive(_route)),
            "Routes below this one, tried in order.",
            "none",
            "[{matchers: ['severity=\"critical\"'], receiver: billing-critical}]",
        ),
    ),
)
WATCHDOG = Section(
    "watchdog",
    "An alert that must always fire. While it is not reported, the alert WatchdogMissing fires.",
    (
        Field(
            "matchers",
            _MATCHER_LIST,
            "Which alert it is.",
            "",
            "['alertname=\"Watchdog\"']",
            required=True,
        ),
        Field(
            "absent_for",
            POSITIVE_DURATION,
            "How long it may be absent. Set it longer than the sender's repeat interval.",
            "10m",
            "10m",
        ),
        Field(
            "labels",
            _LABELS,
            "Labels of WatchdogMissing, which select its route.",
            "{severity: critical}",
            "{severity: critical, team: platform}",
        ),
    ),
)
FLAPPING = Section(
    "flapping",
    "When a group that resolves and fires again and again is notified less often. "
    "Urgent alerts are notified all the same; only their resolved notification waits until the "
    "group is calm.",
    (
        Field(
            "times",
            count(0, 1000),
            "How many times it must fire to count as flapping; 0 means never.",
            "4",
            "6",
        ),
        Field("within", POSITIVE_DURATION, "The period in which these are counted.", "1h", "30m"),
        Field("every", POSITIVE_DURATION, "How often a flapping group is notified.", "30m", "1h"),
        Field(
            "calm_after",
            POSITIVE_DURATION,
            "How long without an alert until its resolved notification is sent.",
            "15m",
            "10m",
        ),
    ),
)
SEVERITY = Section(
    "severity",
    "What one value of the severity label means here. A route's own settings win over these, and "
    "these win over what the route inherits.",
    (
        Field(
            "rank",
            count(1, 999),
            "How severe; 1 is the worst. Each rank once.",
            "",
            "1",
            required=True,
        ),
        Field(
            "respond_within",
            RESPOND_WITHIN,
            "As in a route.",
            "the route's",
            "15m",
        ),
        Field(
            "urgent",
            FLAG,
            "Whether its notices may wake people: they use people's `urgent` rules and ignore "
            "quiet hours, fold into no digest, are delayed by flapping only at their end, and try "
            "a target on hold. An unknown severity is urgent.",
            "true for the most severe one",
            "true",
        ),
        Field(
            "title",
            TITLE,
            "How the subject of a mail and the title in Slack begin while something fires; behind "
            "it is the alert's name. As the URL of a link it may hold labels; while one of them is "
            "missing, the subject begins as without it.",
            "[critical]",
            '"🚨 CRITICAL {{ labels.team | upper }} ALERT"',
        ),
        Field("group_wait", DURATION, "As in a route.", "the route's", "0s"),
        Field("group_interval", POSITIVE_DURATION, "As in a route.", "the route's", "5m"),
        Field("repeat_interval", POSITIVE_DURATION, "As in a route.", "the route's", "2h"),
        Field(
            "ack_expires",
            POSITIVE_DURATION,
            "How long an acknowledgement holds before its owner is reminded and the escalation "
            "goes on.",
            "24h",
            "8h",
        ),
    ),
)

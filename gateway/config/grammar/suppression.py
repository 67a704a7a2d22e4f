"""The grammar of inhibition rules and time intervals.

Both are Alertmanager's (its configuration documentation, 0.33), so that they can be pasted
unchanged.
"""

from gateway.config.grammar.lists import ListOf, MapOf
from gateway.config.grammar.sections import Field, Section, TextOrSection
from gateway.config.grammar.values import ANY_TEXT, MATCHERS, NAME, TEXT, ZONE

_MATCHER_LIST = ListOf(MATCHERS, or_one=True)
_LABELS = MapOf("label", ANY_TEXT)
_PATTERNS = MapOf("label", ANY_TEXT)
_EQUAL_LABEL = Section(
    "pair of labels",
    "A label of the alert that inhibits, and the one of the alerts that are suppressed.",
    (
        Field("source", TEXT, "The label of the source.", "", "cluster", required=True),
        Field("target", TEXT, "The label of the target.", "", "k8s_cluster", required=True),
    ),
)
INHIBIT_RULE = Section(
    "inhibit rule",
    "While an alert fires that the source matchers match, alerts that the target matchers match "
    "are suppressed, if both have the same values of the `equal` labels.",
    (
        Field(
            "name",
            NAME,
            "The name that is shown as the reason of a suppression.",
            "its number",
            "critical-first",
        ),
        Field(
            "source_matchers",
            _MATCHER_LIST,
            "Conditions on the alert that inhibits.",
            "none",
            "['severity=\"critical\"']",
        ),
        Field(
            "target_matchers",
            _MATCHER_LIST,
            "Conditions on the alerts that are suppressed.",
            "none",
            "['severity=~\"warning|info\"']",
        ),
        Field(
            "equal",
            ListOf(TextOrSection(TEXT, _EQUAL_LABEL)),
            "Labels that must have the same value in both; one that both lack is equal. Where they "
            "have different names: `{source: cluster, target: k8s_cluster}`.",
            "none",
            "[alertname, team]",
        ),
        Field(
            "source_match",
            _LABELS,
            "Older form of source_matchers.",
            "none",
            "{severity: critical}",
        ),
        Field(
            "source_match_re",
            _PATTERNS,
            "Older form of source_matchers.",
            "none",
            "{team: billing|payments}",
        ),
        Field(
            "target_match", _LABELS, "Older form of target_matchers.", "none", "{severity: warning}"
        ),
        Field(
            "target_match_re",
            _PATTERNS,
            "Older form of target_matchers.",
            "none",
            "{severity: warning|info}",
        ),
    ),
    elsewhere={
        "sources": "Alertmanager 0.34's form for several alerts that must all fire at once, which "
        "a rule here cannot ask for. A single source: write its matchers as source_matchers:, its "
        "equal: beside them. Several: write a rule for each, which suppresses as soon as any of "
        "them fires, or omit the rule, so that more is notified",
    },
)
_TIME_RANGE = Section(
    "time range",
    "A part of the day; the end is not included.",
    (
        Field("start_time", TEXT, "When it begins, HH:MM.", "", "'09:00'", required=True),
        Field("end_time", TEXT, "When it ends, HH:MM up to 24:00.", "", "'17:00'", required=True),
    ),
)
INTERVAL = Section(
    "interval",
    "A period of time; all of its conditions must hold at once.",
    (
        Field(
            "times",
            ListOf(_TIME_RANGE),
            "Parts of the day.",
            "the whole day",
            "[{start_time: '09:00', end_time: '17:00'}]",
        ),
        Field("weekdays", ListOf(TEXT), "Days of the week, or ranges.", "all", "[monday:friday]"),
        Field(
            "days_of_month",
            ListOf(TEXT),
            "Days of the month, or ranges; negative ones count from the month's end.",
            "all",
            "['1:5', '-3:-1']",
        ),
        Field("months", ListOf(TEXT), "Months by name or number, or ranges.", "all", "[december]"),
        Field("years", ListOf(TEXT), "Years, or ranges.", "all", "['2026:2028']"),
        Field("location", ZONE, "The time zone of all these conditions.", "UTC", "Europe/Berlin"),
    ),
    elsewhere={"timezone": 'write "location", as Alertmanager calls it'},
)
TIME_INTERVAL = Section(
    "time interval",
    "A named set of periods in which routes are muted or active.",
    (
        Field("name", NAME, "The name that routes use.", "", "office-hours", required=True),
        Field(
            "time_intervals",
            ListOf(INTERVAL),
            "The periods; any of them counts.",
            "never",
            "[{weekdays: [monday:friday]}]",
        ),
    ),
)

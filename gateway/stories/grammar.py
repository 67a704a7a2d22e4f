"""The grammar of files for `gateway test`, read like routes.yaml: errors with line and column."""

from gateway.config.grammar.durations import DURATION, POSITIVE_DURATION
from gateway.config.grammar.field_types import Choice, Text
from gateway.config.grammar.lists import ListOf, MapOf
from gateway.config.grammar.parsed import Definitions, ParsedValue, ReadContext, Schema
from gateway.config.grammar.rota_values import MOMENT
from gateway.config.grammar.sections import Field, Section, TextOrSection
from gateway.config.grammar.values import FLAG, MATCHERS, NAME, TEXT, count
from gateway.config.source.nodes import MappingNode, Node, ScalarNode
from gateway.config.source.problem import SourcePosition
from gateway.core.actions.table import ActionName
from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.incidents.retry import Failure
from gateway.core.plan.channels import CHANNELS
from gateway.core.time.timestamps import parse_duration

NOTHING = "nothing"
"""Stands for an empty list of expected notices."""


def _instant(text: str) -> object:
    """Return seconds after the start, or a function from a zone to Unix seconds."""
    if text[:4].isdigit() and text[4:5] == "-":
        return MOMENT.parse(text)
    try:
        return parse_duration(text)
    except ValueError:
        raise ValueError(
            f'"{text}" is not a time: write 15m (after the start of the story) or 2026-11-20 03:00'
        ) from None


STEP_TIME = Text("duration since the start, or time", _instant)
LABELS = MapOf("label", TEXT)
ALERT = Section(
    "alert",
    "An alert by its labels.",
    (
        Field("labels", LABELS, "Its labels.", required=True),
        Field("annotations", LABELS, "Its annotations."),
    ),
)


class _Alert:
    """An alert by its labels alone, or as a section."""

    type_name = "labels of an alert"
    parts = (ALERT,)

    def read(self, node: Node, path: str, context: ReadContext) -> ParsedValue | None:
        labels = node.entries.get("labels") if isinstance(node, MappingNode) else None
        chosen = ALERT if labels and isinstance(labels.value, MappingNode) else LABELS
        return chosen.read(node, path, context)

    def schema(self, known: Definitions) -> Schema:
        return {"anyOf": [LABELS.schema(known), ALERT.schema(known)]}


ALERTS = ListOf(_Alert(), or_one=True)

ROUTING = Section(
    "expected route",
    "Where an alert goes. Only the keys that are written are compared.",
    (
        Field("receivers", ListOf(NAME), "The receivers of its routes, in their order."),
        Field("muted", FLAG, "Whether every route that it takes is muted then."),
        Field("inhibited", FLAG, "Whether another alert of the same test inhibits it."),
        Field("severity", NAME, "Its severity."),
        Field("team", TEXT, "The id of the team that owns it; `none` for no team."),
        Field("group_wait", DURATION, "The group_wait of its first route."),
        Field("group_interval", POSITIVE_DURATION, "The group_interval of its first route."),
        Field("repeat_interval", POSITIVE_DURATION, "The repeat_interval of its first route."),
    ),
)

NOTICE = Section(
    "expected notice",
    "One message. Only the keys that are written are compared.",
    (
        Field("receiver", NAME, "The receiver of its incident."),
        Field("channel", Choice(tuple(CHANNELS)), "The channel."),
        Field("person", NAME, "The id of the person that it is for."),
        Field("to", TEXT, "The address: an e-mail address, a Slack channel.", example="alerts@…"),
        Field("reason", Choice(tuple(one.value for one in NotifyReason)), "Why it is sent."),
        Field("kind", Choice(tuple(one.value for one in NoticeKind)), "What it is about."),
        Field("severity", NAME, "The severity of its incident."),
        Field("incident", LABELS, "Labels that all alerts of its incident have in common."),
        Field("text", ListOf(TEXT, or_one=True), "Texts that any part has of the message."),
        Field(
            "within",
            POSITIVE_DURATION,
            "It is sent at most so long after the step before.",
            example="1m",
        ),
        Field("at_most", count(0, 1_000_000), "How many such notices there may be at most."),
    ),
)

ACTION = Section(
    "action",
    "What somebody does with an incident.",
    (
        Field("by", NAME, "Who acts: the id of a person.", required=True),
        Field(
            "incident",
            LABELS,
            "Labels of an alert of the incident; without them it is the only or newest open one.",
        ),
        Field("other", LABELS, "Labels of the other incident of merge, unmerge, link, unlink."),
        Field("to", NAME, "The person of handover."),
        Field("notify", ListOf(TEXT), "Whom page pages, as in an escalation step."),
        Field("team", NAME, "The team that gets the incident."),
        Field("for", POSITIVE_DURATION, "How long snooze and extend last.", example="2h"),
        Field("text", TEXT, "The comment, or the reason."),
        Field("refused", FLAG, "Whether the action is expected to be refused.", "false"),
    ),
)

SILENCE = Section(
    "silence of a story",
    "A silence that somebody creates.",
    (
        Field("matchers", ListOf(MATCHERS), "What it silences.", required=True),
        Field("for", POSITIVE_DURATION, "How long.", required=True, example="2h"),
        Field("by", NAME, "Who creates it.", "admin"),
    ),
)

OVERRIDE = Section(
    "override of a story",
    "A change of a rota at run time, from now on.",
    (
        Field("rota", NAME, "The rota; without it the person is away from all."),
        Field("person", NAME, "Who is on call instead."),
        Field("replaces", NAME, "Whom they replace; without it, anyone who is on call."),
        Field("for", POSITIVE_DURATION, "How long.", required=True, example="12h"),
        Field("by", NAME, "Who changes it.", "admin"),
    ),
)

NOTICES = ListOf(NOTICE)


class _Expected:
    """A list of notices, or the word "nothing"."""

    type_name = f"list of expected notices, or {NOTHING}"
    parts = (NOTICES,)

    def read(self, node: Node, path: str, context: ReadContext) -> ParsedValue | None:
        if isinstance(node, ScalarNode) and node.text == NOTHING:
            return ParsedValue((), SourcePosition(node.line, node.column, path))
        return NOTICES.read(node, path, context)

    def schema(self, known: Definitions) -> Schema:
        return {"anyOf": [{"enum": [NOTHING]}, NOTICES.schema(known)]}


ACTIONS = {
    name.value: TextOrSection(NAME, ACTION) for name in ActionName if name is not ActionName.BACK
}

STEP = Section(
    "step",
    "What happens at an instant, and what is expected by then.",
    (
        Field("at", STEP_TIME, "When: since the start of the story, or a time.", required=True),
        Field("fires", ALERTS, "Alerts that begin to fire, or are reported again."),
        Field("resolves", ALERTS, "Firing alerts that end: all that have these labels."),
        Field("source", NAME, "The source that reports them.", "alertmanager"),
        *(
            Field(name, field_type, f"`{name}` of an incident: by whom, or with more keys.")
            for name, field_type in ACTIONS.items()
        ),
        Field("silence", SILENCE, "A silence is created."),
        Field("override", OVERRIDE, "A rota is changed at run time."),
        Field(
            "fails",
            MapOf("account", Choice(tuple(one.value for one in Failure))),
            "Accounts of `channels:` whose attempts fail from now on, and how.",
            example="{slack: connection}",
        ),
        Field("works", ListOf(NAME, or_one=True), "Accounts that work again."),
        Field("reload", TEXT, "Another routes.yaml that is in force from now on."),
        Field(
            "expect",
            _Expected(),
            "Exactly the messages that were sent after the last earlier step; `[]` for none.",
        ),
        Field("expect_some", NOTICES, "Messages that were sent among others."),
    ),
)

ALERT_TEST = Section(
    "alert with its route",
    "An alert, and where it goes.",
    (*ALERT.fields, Field("expect", ROUTING, "Where it goes.", required=True)),
)

TEST = Section(
    "test",
    "A test of where alerts go, or a story.",
    (
        Field("name", TEXT, "What is tested, as a sentence.", required=True),
        Field("at", MOMENT, "When it starts, in the zone of business_hours.", "that of the file"),
        Field("alert", ALERT, "An alert, for `expect`."),
        Field("expect", ROUTING, "Where the alert goes."),
        Field("alerts", ListOf(ALERT_TEST), "Alerts that fire together, each with its route."),
        Field("story", ListOf(STEP), "What happens, step by step."),
    ),
)

FILE = Section(
    "test file",
    "Tests of a routes.yaml.",
    (
        Field("routes", TEXT, "The routes.yaml, from the folder of this file.", "--config"),
        Field("at", MOMENT, "When the tests start.", "2026-01-07 12:00"),
        Field("tests", ListOf(TEST), "The tests.", required=True),
    ),
)

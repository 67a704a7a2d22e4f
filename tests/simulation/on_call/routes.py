"""The routes.yaml of these days, and what a reload may load instead."""

from dataclasses import dataclass

from tests.flow.world import ENV

ENVIRONMENT = {**ENV, "PAGERDUTY_BEN_KEY": "test-ben-routing-key"}

_ROUTES = """
channels:
  email: {token: "${POSTMARK_TOKEN}", from: alerts@example.com}
  slack: {token: "${SLACK_TOKEN}", signing_secret: "${SLACK_SIGNING_SECRET}"}
severities:
  critical: {rank: 1, respond_within: 15m, group_wait: 0s, repeat_interval: 2h}
  warning: {rank: 2, respond_within: 1h, repeat_interval: 4h}
  info: {rank: 3, repeat_interval: 12h}
calendars: {refresh: 30m}
people:
  ana:
    name: Ana
    email: ana@example.com
    slack: U0ANA
    notify:
      urgent: [{by: slack}, {by: email, after: 5m}]
      other: [{by: email}, {by: slack, after: 30m}]
  ben:
    name: Ben
    email: ben@example.com
    contacts: {pager: {account: pagerduty, routing_key: "${PAGERDUTY_BEN_KEY}"}}
    notify: {urgent: [{by: email}, {by: pager, after: 20m}]}
  <cho>
  dee: {name: Dee, email: dee@example.com}
rotas:
  billing:
    timezone: Europe/Berlin
    layers: [{members: [<members>], rotate: 6 hours, handover: "00:00", start: 2026-01-05}]
  <platform>
escalations:
  billing:
    - {notify: ["rota:billing"], wait: 15m}
    - {notify: [<second>"person:dee"], wait: 15m}
receivers:
  - name: billing
    email: [{to: billing-oncall@example.com}]
    slack: [{channel: "#billing-alerts"}]
    escalate: billing
    fallback: everyone
  - name: quiet
    slack: [{channel: "#billing-alerts"}]
  - name: everyone
    email: [{to: admin@example.com}]
route:
  receiver: everyone
  group_by: [alertname]
  routes:
    - {matchers: ['team="billing"', 'severity=~"critical|warning"'], receiver: billing}
    - {matchers: ['severity="info"'], receiver: quiet}
"""
_CHO = """cho:
    name: Cho
    email: cho@example.com
    slack: U0CHO
    notify: {urgent: [{by: email}, {by: slack, after: 10m}]}
"""
_PLATFORM = 'platform: {timezone: Europe/Berlin, ical: "${PLATFORM_CALENDAR}"}'

FALLBACK = "email:admin@example.com"


@dataclass(frozen=True)
class Variant:
    """One routes.yaml: who takes turns, who is declared, and whether the calendar's rota is."""

    members: tuple[str, ...] = ("ana", "ben", "cho")
    cho: bool = True
    platform: bool = True

    @property
    def text(self) -> str:
        """The file."""
        parts = {
            "<members>": ", ".join(self.members),
            "<cho>": _CHO if self.cho else "",
            "<platform>": _PLATFORM if self.platform else "",
            "<second>": '"rota:platform", ' if self.platform else "",
        }
        text = _ROUTES
        for name, value in parts.items():
            text = text.replace(name, value)
        return text

    @property
    def people(self) -> tuple[str, ...]:
        """The ids of everybody declared."""
        return ("ana", "ben", "cho", "dee") if self.cho else ("ana", "ben", "dee")

    @property
    def rotas(self) -> tuple[str, ...]:
        """The names of the rotas."""
        return ("billing", "platform") if self.platform else ("billing",)


VARIANTS = (
    Variant(),
    Variant(members=("ana", "ben"), cho=False),
    Variant(platform=False),
    Variant(members=("dee", "ana", "ben", "cho")),
    Variant(members=("cho", "ben"), platform=False),
)
"""A reload removes a person or a rota, brings them back, or changes who takes turns."""

CONTACTS = {
    "ana": ("slack:U0ANA", "email:ana@example.com"),
    "ben": ("email:ben@example.com", "pagerduty:${PAGERDUTY_BEN_KEY}"),
    "cho": ("email:cho@example.com", "slack:U0CHO"),
    "dee": ("email:dee@example.com",),
}
"""The keys of everybody's contacts. Each rule list begins with one that is used at once."""


def can_read(key: str) -> bool:
    """Return whether messages about shifts can be sent to a contact: a pager shows none."""
    return not key.startswith("pagerduty")

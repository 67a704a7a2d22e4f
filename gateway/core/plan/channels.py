"""The specs of the channels: everything about them that other packages read. Pure data.

A channel's name also leads to `gateway/config/grammar/channels/NAME.py` (its keys in routes.yaml),
`gateway/channels/NAME/channel.py` (its class) and `templates/NAME/` (its text).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from gateway.core.text.markup import MRKDWN, Markup


class AddressKind(StrEnum):
    """The kind of a target's address, which decides what may be shown of it."""

    NONE = "none"  # there is one target only
    EMAIL = "email"  # an e-mail address: shown, also beside the person's name
    NAME = "name"  # a channel's name or a member's id: shown, except for a person's id
    SECRET = "secret"  # noqa: S105  # targets carry a reference; the variable's name is shown
    URL = "url"  # perhaps a secret: the variable's name or the host is shown
    TOPIC = "topic"  # a secret if it is a reference; else it is shown


class Capability(StrEnum):
    """A property of a channel that others depend on. A channel has only those it lists."""

    ACKNOWLEDGEMENTS = "acknowledgements"
    """It can show that an incident was acknowledged, or not in time."""
    DIGESTS = "digests"
    """One message may stand for several incidents."""
    UPDATES = "updates"
    """It can show what else people did with an incident: comments, snoozes, offers."""
    QUIET_UPDATES = "quiet updates"
    """It accepts changes that notify nobody: it edits its message, or a program reads it."""
    INCIDENT_NUMBERS = "incident numbers"
    """Its messages say which incident they are about, not only which group of alerts."""
    READ_BY_PEOPLE = "read by people"
    SHIFT_MESSAGES = "shift messages"
    """Its messages can be about shifts: it needs no incident to show."""
    MENTIONS = "mentions"
    """A message to a channel can mention people, whose phones then ring."""
    REPORTS = "reports"
    """Its messages can be reports: longer than those about incidents, and with tables."""
    CALLS = "calls"
    """It calls people, so only what asks for a response is sent: no end and no acknowledgement."""
    SKIPS_ACTOR = "skips actor"
    """A person who acknowledged gets no message about it: it would be a new one, not an edit."""
    RECEIPTS = "receipts"
    """Where its account takes callbacks, its vendor posts whether each message arrived."""
    PRESSED_BUTTONS = "pressed buttons"
    """A button of its messages to a person acknowledges at once, by a request of its own."""


@dataclass(frozen=True, slots=True)
class Library:
    """A library that not every installation has: its module, and the extra that installs it."""

    module: str
    extra: str


@dataclass(frozen=True, slots=True)
class ChannelSpec:
    """A channel as grammar, builder, renderer, commands, pages and flow know it."""

    name: str
    """The key in routes.yaml."""
    label: str
    """Its name in messages and on pages."""
    address: AddressKind
    credential: str = "token"
    """The name of the secret without which nothing can be sent."""
    parts: tuple[str, ...] = ()
    """The templates of a message, `templates/NAME/PART.j2`; empty if it sends the facts."""
    reduced: str = "as plain text"
    """How `Message.reduced` is sent, for the timeline: "accepted without blocks"."""
    markup: Markup | None = None
    """The format of its text parts; None: plain text, nothing to escape."""
    needs_account: bool = False
    """Whether nothing can be sent without an entry with a `token` under `channels:`."""
    posting_key: str = ""
    """The key of an account's credential that replaces its `token` and only posts to a channel.

    Such an account reaches no person, edits no message and has no threads. Empty: there is none.
    """
    contact_order: int | None = None
    """People have a contact here, in a field of the channel's name; the lowest is tried first."""
    capabilities: frozenset[Capability] = frozenset()
    sample_address: str = ""
    """An address for previews."""
    vendor_words: frozenset[str] = frozenset()
    """Words in the names of variables that say nothing about the target."""
    libraries: Mapping[str, Library] = field(default_factory=dict)
    """The libraries of extras that it needs, by the provider of its account."""

    def can(self, capability: Capability) -> bool:
        """Return whether the channel has a capability."""
        return capability in self.capabilities

    @property
    def secret_address(self) -> bool:
        """Return whether an address may be a secret, so that only its reference is shown."""
        return self.address in (AddressKind.SECRET, AddressKind.URL, AddressKind.TOPIC)


EMAIL = ChannelSpec(
    "email",
    "e-mail",
    AddressKind.EMAIL,
    parts=("subject", "text", "html"),
    needs_account=True,
    contact_order=2,
    capabilities=frozenset(
        {
            Capability.ACKNOWLEDGEMENTS,
            Capability.DIGESTS,
            Capability.INCIDENT_NUMBERS,
            Capability.READ_BY_PEOPLE,
            Capability.RECEIPTS,
            Capability.REPORTS,
            Capability.SHIFT_MESSAGES,
            Capability.UPDATES,
            Capability.SKIPS_ACTOR,
        }
    ),
    sample_address="ana@example.com",
    libraries={"smtp": Library("aiosmtplib", "smtp")},
)

SLACK = ChannelSpec(
    "slack",
    "Slack",
    AddressKind.NAME,
    parts=("title", "text", "thread"),
    reduced="without blocks",
    markup=MRKDWN,
    needs_account=True,
    posting_key="webhook_url",
    contact_order=1,
    capabilities=frozenset(
        {
            Capability.ACKNOWLEDGEMENTS,
            Capability.DIGESTS,
            Capability.QUIET_UPDATES,
            Capability.INCIDENT_NUMBERS,
            Capability.MENTIONS,
            Capability.READ_BY_PEOPLE,
            Capability.REPORTS,
            Capability.SHIFT_MESSAGES,
            Capability.UPDATES,
        }
    ),
    sample_address="#billing-alerts",
    vendor_words=frozenset({"slack"}),
)

PAGERDUTY = ChannelSpec(
    "pagerduty",
    "PagerDuty",
    AddressKind.SECRET,
    credential="routing key",
    parts=("summary",),
    reduced="without links and details",
    # No digests: each incident has its own dedup key, and a folded one never resolves.
    capabilities=frozenset(
        {
            Capability.ACKNOWLEDGEMENTS,
            Capability.INCIDENT_NUMBERS,
            Capability.READ_BY_PEOPLE,
        }
    ),
    vendor_words=frozenset({"pagerduty", "pd", "events", "integration", "routing"}),
)

WEBHOOK = ChannelSpec(
    "webhook",
    "webhook",
    AddressKind.URL,
    credential="URL",
    reduced="with its first alert only",
    # Alertmanager's format knows firing and resolved groups, and nothing else.
    capabilities=frozenset({Capability.QUIET_UPDATES}),
    vendor_words=frozenset({"webhook", "hook"}),
)

CONSOLE = ChannelSpec(
    "console",
    "the console",
    AddressKind.NONE,
    parts=("text",),
    capabilities=frozenset(
        {
            Capability.ACKNOWLEDGEMENTS,
            Capability.DIGESTS,
            Capability.INCIDENT_NUMBERS,
            Capability.READ_BY_PEOPLE,
            Capability.REPORTS,
            Capability.SHIFT_MESSAGES,
        }
    ),
)

_TWILIO = Library("twilio", "twilio")

SMS = ChannelSpec(
    "sms",
    "SMS",
    AddressKind.NAME,
    parts=("text",),
    reduced="without its link",
    needs_account=True,
    contact_order=3,
    # No updates and no reports: each message wakes somebody and costs money.
    capabilities=frozenset(
        {
            Capability.ACKNOWLEDGEMENTS,
            Capability.DIGESTS,
            Capability.INCIDENT_NUMBERS,
            Capability.READ_BY_PEOPLE,
            Capability.RECEIPTS,
            Capability.SKIPS_ACTOR,
        }
    ),
    sample_address="+4915112345678",
    libraries={"twilio": _TWILIO},
)

VOICE = ChannelSpec(
    "voice",
    "phone",
    AddressKind.NAME,
    parts=("text", "prompt"),
    reduced="in a few words",
    needs_account=True,
    contact_order=4,
    capabilities=frozenset(
        {
            Capability.CALLS,
            Capability.INCIDENT_NUMBERS,
            Capability.READ_BY_PEOPLE,
            Capability.RECEIPTS,
            Capability.SKIPS_ACTOR,
        }
    ),
    sample_address="+4915112345678",
    libraries={"twilio": _TWILIO},
)

NTFY = ChannelSpec(
    "ntfy",
    "ntfy",
    AddressKind.TOPIC,
    parts=("title", "text"),
    reduced="without buttons",
    needs_account=True,
    capabilities=frozenset(
        {
            Capability.ACKNOWLEDGEMENTS,
            Capability.DIGESTS,
            Capability.INCIDENT_NUMBERS,
            Capability.PRESSED_BUTTONS,
            Capability.READ_BY_PEOPLE,
            Capability.SHIFT_MESSAGES,
            Capability.SKIPS_ACTOR,
            Capability.UPDATES,
        }
    ),
    sample_address="billing-alerts",
    vendor_words=frozenset({"ntfy", "topic"}),
)

APPRISE = ChannelSpec(
    "apprise",
    "Apprise",
    AddressKind.URL,
    credential="service URL",
    parts=("text",),
    reduced="with its first line only",
    capabilities=frozenset(
        {
            Capability.ACKNOWLEDGEMENTS,
            Capability.DIGESTS,
            Capability.INCIDENT_NUMBERS,
            Capability.READ_BY_PEOPLE,
            Capability.REPORTS,
            Capability.SHIFT_MESSAGES,
            Capability.SKIPS_ACTOR,
        }
    ),
    vendor_words=frozenset({"apprise", "webhook"}),
    libraries={"apprise": Library("apprise", "apprise")},
)

SPECS = (EMAIL, SLACK, PAGERDUTY, SMS, VOICE, NTFY, APPRISE, WEBHOOK, CONSOLE)
"""All channels, in the order of the reference."""

CHANNELS: Mapping[str, ChannelSpec] = {spec.name: spec for spec in SPECS}
"""All channels by name."""

CONTACT_CHANNELS: tuple[str, ...] = tuple(
    spec.name
    for spec in sorted(SPECS, key=lambda spec: spec.contact_order or 0)
    if spec.contact_order is not None
)
"""The channels of people's contacts, in the order used when a step has no `by`."""


def spec_of(name: str) -> ChannelSpec:
    """Return the spec of a channel.

    A stored target may name a channel that a later release no longer has: it gets a spec without
    capabilities, labelled by its name.
    """
    return CHANNELS.get(name) or ChannelSpec(name, name, AddressKind.SECRET)

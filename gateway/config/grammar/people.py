"""The grammar of people: contacts, notification rules and quiet hours."""

from gateway.config.grammar.channels import CONTACTS, GRAMMARS
from gateway.config.grammar.channels.common import ChannelGrammar
from gateway.config.grammar.durations import DURATION
from gateway.config.grammar.lists import ListOf, MapOf
from gateway.config.grammar.rota_values import CLOCK, MOMENT
from gateway.config.grammar.sections import Field, Section
from gateway.config.grammar.values import NAME, TEXT, ZONE


def _address_field(grammar: ChannelGrammar) -> Field | None:
    """Return the key that holds a contact's address; it is the key of a target's address."""
    target = grammar.target.field_type
    assert isinstance(target, ListOf)
    section = target.member
    assert isinstance(section, Section)
    own = next((one for one in section.fields if one.name == grammar.address), None)
    if own is None:
        return None
    source = grammar.contact or own
    meaning = f"The address for an account of the type {grammar.target.name}: {source.meaning}"
    return Field(own.name, source.field_type, meaning, "none", source.example)


ADDRESS_KEYS = tuple(
    {one.name: one for grammar in GRAMMARS.values() if (one := _address_field(grammar))}.values()
)
"""The keys of a contact that hold an address, one for each type of account."""

_CONTACT = Section(
    "contact",
    "One way to reach a person: an account, and the address there.",
    (
        Field("account", NAME, "A key of `channels:`.", "the contact's name", "pagerduty"),
        *ADDRESS_KEYS,
    ),
)

_RULE = Section(
    "notification rule",
    "A contact, and how long after the person was reached it is used.",
    (
        Field("by", NAME, "The name of a contact of this person.", "", "pager", required=True),
        Field(
            "after",
            DURATION,
            "How long nobody must have acknowledged before this contact is used.",
            "0s",
            "5m",
        ),
    ),
)

_NOTIFY = Section(
    "notify",
    "How a person is notified when an escalation reaches them. Each contact is notified once for "
    "each escalation step, repeat and worse severity.",
    (
        Field(
            "urgent",
            ListOf(_RULE),
            "For severities that are urgent.",
            "the step's `by`",
            "[{by: slack}, {by: pager, after: 5m}]",
        ),
        Field(
            "other",
            ListOf(_RULE),
            "For all other severities.",
            "the step's `by`",
            "[{by: email}]",
        ),
    ),
)

_QUIET_HOURS = Section(
    "quiet hours",
    "When notifications wait that are not urgent, each day, on the wall clock of the person's "
    "timezone. An end before the start is reached on the next day.",
    (
        Field("from", CLOCK, "When they begin.", "", '"22:00"', required=True),
        Field("to", CLOCK, "When they end.", "", '"07:00"', required=True),
    ),
)

_AWAY = Section(
    "absence",
    "A time at which a person cannot be on call. It takes nobody off a rota: `gateway check` and "
    "`gateway oncall --proof` say where a shift falls into it.",
    (
        Field(
            "from",
            MOMENT,
            "When it begins: in the person's timezone, or with an offset.",
            "",
            "2026-12-24",
            required=True,
        ),
        Field("to", MOMENT, "When it ends.", "", "2027-01-02", required=True),
    ),
)

PERSON = Section(
    "person",
    "Someone who can be notified; the key is the id that rotas and escalations use.",
    (
        Field("name", TEXT, "The name in messages.", "the id", "Ana"),
        *CONTACTS,
        Field(
            "contacts",
            MapOf("name", _CONTACT),
            "Further contacts by name. "
            f"{', '.join(f'`{one.name}`' for one in CONTACTS)} above are short for contacts of "
            "those names.",
            "none",
            '{pager: {account: pagerduty, routing_key: "${PAGERDUTY_ANA_KEY}"}}',
        ),
        Field(
            "notify",
            _NOTIFY,
            "Personal notification rules: they win over the `by` of escalation steps.",
            "the step's `by`",
            "{urgent: [{by: slack}, {by: pager, after: 5m}], other: [{by: email}]}",
        ),
        Field(
            "quiet_hours",
            _QUIET_HOURS,
            "When notifications wait that are not urgent.",
            "none",
            '{from: "22:00", to: "07:00"}',
        ),
        Field(
            "away",
            ListOf(_AWAY),
            "When the person cannot be on call.",
            "never",
            "[{from: 2026-12-24, to: 2027-01-02}]",
        ),
        Field(
            "timezone",
            ZONE,
            "The time zone of times shown to this person, and of the quiet hours.",
            "UTC",
            "Europe/Berlin",
        ),
        Field(
            "remind",
            DURATION,
            "How long before every shift the person is reminded of it, at most four weeks; "
            "0s: never.",
            "1d, without reminders of shifts within three days after another one in the rota",
            "12h",
        ),
    ),
)

PEOPLE = MapOf("id", PERSON, blank_member=True)

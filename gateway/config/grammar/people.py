"""The grammar of people and their contacts."""

from gateway.config.grammar.channels import CONTACTS, GRAMMARS
from gateway.config.grammar.channels.common import ChannelGrammar
from gateway.config.grammar.lists import ListOf, MapOf
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

PERSON = Section(
    "person",
    "Someone who can be notified; the key is the id that rotas and escalations use.",
    (
        Field("name", TEXT, "The name in messages.", "the id", "Ana"),
        *CONTACTS,
        Field(
            "contacts",
            MapOf("name", _CONTACT),
            "Further contacts by name. `email` and `slack` above are short for contacts of those "
            "names.",
            "none",
            '{pager: {account: pagerduty, routing_key: "${PAGERDUTY_ANA_KEY}"}}',
        ),
        Field(
            "timezone", ZONE, "The time zone of times shown to this person.", "UTC", "Europe/Berlin"
        ),
    ),
)

PEOPLE = MapOf("id", PERSON, blank_member=True)

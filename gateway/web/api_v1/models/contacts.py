"""Models of contacts that cannot be notified."""

from pydantic import Field

from gateway.web.api_v1.models.base import Instant, PersonName, ResponseModel
from gateway.web.api_v1.requests import By


class UnusableContact(ResponseModel):
    """A contact, or an address of a receiver, at which messages do not arrive."""

    target: str = Field(description="The key of its target, such as `email:ana@example.com`.")
    name: str = Field(description="The display name of the target.")
    channel: str
    account: str = Field(description="The account that sends to it, a key of `channels:`.")
    person: PersonName | None = Field(description="Null for an address of a receiver.")
    contact: str | None = Field(description="The name of the person's contact.")
    reason: str = Field(description="What the vendor said.")
    since: Instant


class UnusableContacts(ResponseModel):
    """All contacts and addresses that are not used."""

    contacts: list[UnusableContact]


class ClearedContact(By):
    """The contact to use again."""

    target: str = Field(
        min_length=1,
        max_length=400,
        description="The key of a target; or a person's id, for all of their contacts.",
    )

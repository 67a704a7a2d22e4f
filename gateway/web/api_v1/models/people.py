"""Models of people, their contacts, notification rules and quiet hours."""

from pydantic import ConfigDict, Field

from gateway.web.api_v1.models.base import ResponseModel


class Contact(ResponseModel):
    """One way to reach a person. A secret address is never shown."""

    name: str
    channel: str
    account: str
    display: str = Field(description="The display name of its target, without any secret.")
    unusable: str | None = Field(description="Why it is skipped, null if it can be used.")


class PersonalRule(ResponseModel):
    """A contact, and after how many seconds it is used."""

    by: str
    after: float


class QuietHours(ResponseModel):
    """When notifications that are not urgent wait, on the wall clock of the person's timezone."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    start: str = Field(serialization_alias="from")
    end: str = Field(serialization_alias="to")


class Person(ResponseModel):
    """Somebody who can be notified."""

    id: str
    name: str
    timezone: str
    contacts: list[Contact]
    urgent: list[PersonalRule] | None = Field(
        description="The rules for urgent incidents; null: those of the escalation step."
    )
    other: list[PersonalRule] | None = Field(
        description="The rules for other incidents; null: those of the escalation step."
    )
    quiet_hours: QuietHours | None


class People(ResponseModel):
    """All people of routes.yaml, in its order."""

    people: list[Person]

"""Models of the bodies of actions on incidents. `arguments` are those of the action's function."""

from typing import Any

from pydantic import Field

from gateway.web.api_v1.requests import By, InstantParam, Number

Reason = Field("", max_length=1000, description="Why, for the timeline and for messages.")


class ActionBody(By):
    """The actor of an action without arguments."""

    @property
    def arguments(self) -> dict[str, Any]:
        """The action's arguments by name."""
        return {}

    @property
    def second(self) -> int | None:
        """The number of a second incident."""
        return None


class Take(ActionBody):
    """The person who takes an incident over, and the person it is taken from."""

    holder: str | None = Field(
        None,
        alias="from",
        min_length=1,
        max_length=80,
        description="The id of the person who acknowledged it. Refused with 409 if another person "
        "has acknowledged it meanwhile. Without it, an acknowledgement of the last minute is not "
        "taken over.",
    )

    @property
    def arguments(self) -> dict[str, Any]:
        """The holder whom the actor saw."""
        return {"holder": self.holder}


class Undo(ActionBody):
    """The person who undoes an acknowledgement, and whether the former one is restored."""

    back: bool = Field(
        default=False,
        description="Undo a take-over: the former acknowledgement is restored, until it expires. "
        "Only within ten minutes.",
    )


class Extend(ActionBody):
    """How long an acknowledgement holds."""

    until: InstantParam | None = Field(
        None, description="Default: as long from now as a new acknowledgement would."
    )

    @property
    def arguments(self) -> dict[str, Any]:
        """The new end."""
        return {"until": self.until}


class Handover(ActionBody):
    """To whom an acknowledged incident is handed over."""

    to: str = Field(min_length=1, max_length=80, description="A person's id in routes.yaml.")
    text: str = Field("", max_length=1000, description="What the person should know.")

    @property
    def arguments(self) -> dict[str, Any]:
        """The person, and the words for them."""
        return {"to": self.to, "text": self.text.strip()}


class Comment(ActionBody):
    """A comment."""

    text: str = Field(max_length=10_000, description="Markdown.")

    @property
    def arguments(self) -> dict[str, Any]:
        """The text."""
        return {"text": self.text}


class Escalate(ActionBody):
    """Why the next step is taken now."""

    text: str = Field("", max_length=1000, description="What those who are paged should know.")

    @property
    def arguments(self) -> dict[str, Any]:
        """The words for those who are paged."""
        return {"text": self.text.strip()}


class Page(Escalate):
    """Who is paged about an incident."""

    notify: list[str] = Field(
        min_length=1,
        max_length=20,
        description="As in an escalation step: person:ID, rota:NAME, secondary:NAME, members:NAME, "
        "receiver:NAME.",
    )

    @property
    def arguments(self) -> dict[str, Any]:
        """The references, and the words for them."""
        return {"references": self.notify, "text": self.text.strip()}


class Resolve(ActionBody):
    """Why an incident is resolved by hand."""

    reason: str = Reason

    @property
    def arguments(self) -> dict[str, Any]:
        """The reason."""
        return {"reason": self.reason.strip()}


class Snooze(ActionBody):
    """Until when an incident is snoozed, and why."""

    until: InstantParam
    reason: str = Reason

    @property
    def arguments(self) -> dict[str, Any]:
        """The end and the reason."""
        return {"until": self.until, "reason": self.reason.strip()}


class Merge(ActionBody):
    """The incident that another one is merged into."""

    into: Number

    @property
    def second(self) -> int:
        """That incident's number."""
        return self.into


class Other(ActionBody):
    """The other incident of a link."""

    other: Number

    @property
    def second(self) -> int:
        """That incident's number."""
        return self.other


class ManualPage(By):
    """A page without an alert."""

    text: str = Field(min_length=1, max_length=1000, description="What is wrong.")
    team: str | None = Field(
        None, max_length=80, description="Whose incident it is: an id of `teams:`."
    )
    severity: str | None = Field(
        None, max_length=80, description="Default: critical, or the most severe declared one."
    )
    labels: dict[str, str] = Field(
        default={}, max_length=30, description="Further labels, by which it is routed."
    )


class NewTeam(ActionBody):
    """The team that an incident is given to."""

    team: str = Field(max_length=80, description="An id of `teams:`; empty for no team.")

    @property
    def arguments(self) -> dict[str, Any]:
        """The team."""
        return {"team": self.team}

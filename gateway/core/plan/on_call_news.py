"""Where a rota says who is on call."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OnCallNews:
    """What follows when other people are on call in a rota.

    `announce` is a receiver, `topic` whether its Slack channels show who is on call as their
    topic, `usergroup` the id of a Slack user group that is kept equal to the people on call.
    """

    announce: str | None = None
    topic: bool = False
    usergroup: str | None = None

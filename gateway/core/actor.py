"""The actor of an action or a change: who did it, by which means, and whether that is proven."""

from dataclasses import dataclass
from enum import StrEnum

_PROGRAM = "program:"


class ActorKind(StrEnum):
    """What an actor is. The values are stored."""

    PERSON = "person"
    PROGRAM = "program"
    VENDOR = "vendor"
    SYSTEM = "system"  # the gateway itself


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts.

    `id` is a person's id in routes.yaml, or any name that is not declared there. `via` is the
    means, such as "cli" or "link". `verified`: the means proves who it is, as a signed link and
    Slack do; a name that is only stated, as with the shared API token, is not verified.
    """

    kind: ActorKind
    id: str
    via: str
    verified: bool = False

    @property
    def via_text(self) -> str:
        """Return the means for a sentence about the action: "link", "cli, not verified"."""
        return via_text(self.via, verified=self.verified)

    def to_json(self) -> dict[str, str | bool]:
        """Return the actor as timelines and APIs give it."""
        return {
            "kind": self.kind.value,
            "id": self.id,
            "via": self.via,
            "verified": self.verified,
        }


def via_text(via: str, *, verified: bool) -> str:
    """Return the means of an action, and whether it leaves open who acted."""
    return via if verified else f"{via}, not verified"


def verified_person(id_: str, via: str) -> Actor:
    """Return the person whom a signed link or a signed request proves."""
    return Actor(ActorKind.PERSON, id_, via, verified=True)


def stated_actor(name: str, via: str) -> Actor:
    """Return the actor who is only stated to act: a person, or as "program:NAME" a program."""
    if name.startswith(_PROGRAM) and name != _PROGRAM:
        return Actor(ActorKind.PROGRAM, name.removeprefix(_PROGRAM), via)
    return Actor(ActorKind.PERSON, name, via)


def system_actor(via: str) -> Actor:
    """Return the gateway itself; `via` is what made it act, such as "reload"."""
    return Actor(ActorKind.SYSTEM, "gateway", via, verified=True)

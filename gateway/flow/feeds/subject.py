"""Subject of a feed: a rota or a person, written as in an escalation's `notify`."""

from dataclasses import dataclass
from enum import StrEnum

from gateway.core.plan.plan import Plan


class FeedKind(StrEnum):
    """What a feed shows the shifts of; the value is the word before the colon."""

    ROTA = "rota"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class FeedSubject:
    """One feed's subject. Its text, such as ``rota:billing``, is its key in the store."""

    kind: FeedKind
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"

    def exists(self, plan: Plan) -> bool:
        """Return whether routes.yaml has the rota or person."""
        return self.id in (plan.rotas if self.kind is FeedKind.ROTA else plan.people)

    def name(self, plan: Plan) -> str:
        """Return what people call it."""
        return self.id if self.kind is FeedKind.ROTA else plan.name_of(self.id)


def parse_subject(text: str) -> FeedSubject:
    """Return the subject of a text such as ``person:ana``. Raises ValueError."""
    word, colon, id_ = text.partition(":")
    if not colon or not id_ or word not in list(FeedKind):
        raise ValueError(f"{text!r} names no feed: write rota:NAME or person:ID")
    return FeedSubject(FeedKind(word), id_)


def subjects(plan: Plan) -> list[FeedSubject]:
    """Return the subjects of all feeds: rotas, then people, in the order of routes.yaml."""
    return [
        *(FeedSubject(FeedKind.ROTA, name) for name in plan.rotas),
        *(FeedSubject(FeedKind.PERSON, id_) for id_ in plan.people),
    ]

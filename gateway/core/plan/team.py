"""Teams: the unit by which incidents, numbers and permissions are grouped."""

from dataclasses import dataclass

from gateway.core.matching.matcher import Matcher

NO_TEAM = "none"
"""What selects the incidents without a team in filters; no team can have this id."""


@dataclass(frozen=True, slots=True)
class Team:
    """People with rotas, whose incidents are those of alerts that the matchers match.

    `members` and `leads` are ids of people, `rotas` names of rotas. `announce` is the name of the
    receiver for messages to the whole team, None for none.
    """

    id: str
    name: str
    matchers: tuple[Matcher, ...]
    members: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()
    rotas: tuple[str, ...] = ()
    announce: str | None = None

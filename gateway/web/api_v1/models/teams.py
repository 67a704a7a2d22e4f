"""Models of teams."""

from pydantic import Field

from gateway.web.api_v1.models.base import PersonName, ResponseModel


class Team(ResponseModel):
    """A team of routes.yaml, and how many of its incidents are open."""

    id: str
    name: str
    matchers: list[str] = Field(description="Its alerts match all of them.")
    members: list[PersonName]
    leads: list[PersonName]
    rotas: list[str]
    announce: str | None = Field(description="The receiver of messages to the whole team.")
    open_incidents: int


class Teams(ResponseModel):
    """All teams in the order in which they are tried, and the incidents without one."""

    teams: list[Team]
    open_incidents_without_team: int

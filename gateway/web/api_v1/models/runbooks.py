"""Models of runbooks."""

from pydantic import Field

from gateway.web.api_v1.models.base import ResponseModel, TeamName
from gateway.web.api_v1.requests import RequestModel


class RunbooksQuery(RequestModel):
    """Selection of one runbook; all without it."""

    name: str | None = Field(
        None, max_length=200, description="The name of its file, or that of an alert."
    )


class RunbookFile(ResponseModel):
    """A file of the folder that `runbooks:` names."""

    name: str = Field(description="The name of its file, without the suffix.")
    title: str = Field(description="Its first heading.")
    alerts: list[str] = Field(description="Names of alerts that its header lists.")
    immediate: str = Field(description='Its section "Immediate" as plain text.')
    url: str
    text: str | None = Field(description="Its Markdown; null in the list of all.")


class MissingRunbook(ResponseModel):
    """An alert that was notified without a runbook."""

    team: TeamName | None
    alertname: str
    incidents: int


class RunbookFiles(ResponseModel):
    """All runbooks that the gateway serves, by name."""

    runbooks: list[RunbookFile]
    missing: list[MissingRunbook] = Field(
        description="Alerts without a runbook, by team, since this gateway started."
    )

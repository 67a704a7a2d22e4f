"""Models of drills."""

from pydantic import Field

from gateway.core.drills.run import ArrivalProof, DrillState
from gateway.web.api_v1.models.base import Instant, ResponseModel
from gateway.web.api_v1.requests import By, RequestModel


class DrillsQuery(RequestModel):
    """Length of each drill's list of runs."""

    runs: int = Field(5, ge=1, le=200, description="Runs of each drill, the last ones.")


class BeginDrill(By):
    """Who begins the drill."""


class DrillMessage(ResponseModel):
    """The first message about the drill to one target."""

    name: str
    proof: ArrivalProof = Field(description="What says that it arrived, or would say it.")
    sent_at: Instant | None = Field(description="When the vendor accepted it.")
    arrived_at: Instant | None
    seconds: float | None = Field(description="From the decision until it arrived.")
    problem: str


class DrillRun(ResponseModel):
    """One run of a drill."""

    id: int
    state: DrillState
    text: str
    began_at: Instant
    began_by: str
    ended_at: Instant | None
    incident: int | None
    acknowledged_at: Instant | None
    acknowledged_by: str
    messages: list[DrillMessage]


class Drill(ResponseModel):
    """A drill of routes.yaml, and its last runs."""

    name: str
    subject: str = Field(description="What is drilled, such as `escalation billing`.")
    source: str
    schedule: str = Field(description="Such as `0 10 * * mon (Europe/Berlin)`.")
    within: float = Field(description="Seconds in which each message must arrive.")
    acknowledge: float | None = Field(
        description="Seconds in which somebody must acknowledge; null: nobody need."
    )
    next_at: Instant
    runs: list[DrillRun] = Field(description="The last run first.")


class Drills(ResponseModel):
    """All drills of routes.yaml, in its order."""

    drills: list[Drill]

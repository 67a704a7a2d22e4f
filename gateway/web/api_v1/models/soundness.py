"""Models of the question whether monitoring is sound, and of the history behind the answers."""

from pydantic import Field

from gateway.web.api_v1.models.base import Instant, ResponseModel


class SoundnessAnswer(ResponseModel):
    """One check."""

    check: str
    verdict: str = Field(description="good, bad, unknown, or not checked.")
    text: str
    advice: str = Field(description="What to do; empty where it is good.")


class SoundnessRule(ResponseModel):
    """The checks of one alert."""

    name: str
    position: str = Field(description="Where it is declared, else that it fired.")
    severity: str
    team: str
    answers: list[SoundnessAnswer]


class Soundness(ResponseModel):
    """Whether monitoring is sound."""

    at: str = Field(description="RFC 3339.")
    score: int = Field(description="How many percent of what is known is good.")
    counts: dict[str, int] = Field(description="Answers by verdict.")
    general: list[SoundnessAnswer]
    rules: list[SoundnessRule]


class RuleHistory(ResponseModel):
    """What is stored of the alerts of one name, of the last 90 days."""

    name: str
    labels: dict[str, str] = Field(description="Those of the newest one.")
    annotations: dict[str, str]
    last_fired: Instant | None
    last_test: Instant | None
    is_event: bool = Field(description="Whether its source reports single events.")
    has_trace: bool
    has_user: bool
    incidents: int
    acknowledged: int
    missed: int
    useful: int
    noise: int


class SoundnessHistory(ResponseModel):
    """The history of all alerts, for rule files that are judged elsewhere."""

    truncated: bool = Field(description="Whether only the newest alerts were read.")
    alerts: list[RuleHistory]

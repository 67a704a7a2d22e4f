"""Models of responses; the OpenAPI document is made from them."""

from gateway.web.api_v1.models.admin import (
    Component,
    DeadLetters,
    Reject,
    Rejects,
    Replayed,
    Status,
)
from gateway.web.api_v1.models.base import Error, Fault, Instant, PersonName, ResponseModel
from gateway.web.api_v1.models.incidents import (
    Acknowledgement,
    Alert,
    Attempt,
    Escalation,
    Event,
    Incident,
    IncidentCount,
    IncidentDetail,
    IncidentPage,
    Notice,
    Responded,
    Suppression,
)
from gateway.web.api_v1.models.oncall import Duty, Holiday, OnCall, Proof, Rota, Rotas, Shift

__all__ = [
    "Acknowledgement",
    "Alert",
    "Attempt",
    "Component",
    "DeadLetters",
    "Duty",
    "Error",
    "Escalation",
    "Event",
    "Fault",
    "Holiday",
    "Incident",
    "IncidentCount",
    "IncidentDetail",
    "IncidentPage",
    "Instant",
    "Notice",
    "OnCall",
    "PersonName",
    "Proof",
    "Reject",
    "Rejects",
    "Replayed",
    "Responded",
    "ResponseModel",
    "Rota",
    "Rotas",
    "Shift",
    "Status",
    "Suppression",
]

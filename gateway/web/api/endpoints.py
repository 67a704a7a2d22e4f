"""The API in one table: routes, checks and the OpenAPI document are all made of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from gateway.web.api import (
    admin,
    explain,
    explain_models,
    incidents,
    models,
    oncall,
    questions,
    silence_models,
    silences,
)

BASE = "/api/v1"

Handler = Callable[..., Awaitable[BaseModel | bytes]]
"""Makes the answer: a model, or the JSON of one that was written where it was read."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One operation. The handler gets the engine, what was asked, then number or id, and body."""

    method: str
    path: str
    name: str
    handler: Handler
    asked: type[questions.Question]
    answer: type[models.Answer]
    given: type[questions.Question] | None = None
    errors: tuple[int, ...] = ()
    trusts: bool = False  # the handler gets `trusted`: whether the request may change things

    @property
    def numbered(self) -> bool:
        """Whether the path names an incident."""
        return "{number}" in self.path

    @property
    def named(self) -> bool:
        """Whether the path names something by its id."""
        return "{id}" in self.path

    @property
    def changes(self) -> bool:
        """Whether it changes anything, and so needs the right to."""
        return self.method != "GET"

    @property
    def summary(self) -> str:
        """What it is for, in a line."""
        return (self.handler.__doc__ or "").strip().partition("\n")[0]


def _get(
    path: str,
    name: str,
    handler: Handler,
    asked: Any,
    answer: Any,
    errors: tuple[int, ...] = (),
) -> Endpoint:
    return Endpoint("GET", BASE + path, name, handler, asked, answer, None, errors)


def _post(
    path: str,
    name: str,
    handler: Handler,
    given: Any,
    answer: Any,
    errors: tuple[int, ...] = (),
) -> Endpoint:
    return Endpoint(
        "POST",
        BASE + path,
        name,
        handler,
        questions.NothingAsked,
        answer,
        given,
        (415, 400, *errors),
    )


ENDPOINTS = (
    Endpoint(
        "GET",
        f"{BASE}/status",
        "status",
        admin.status,
        questions.NothingAsked,
        models.Status,
        trusts=True,
    ),
    _get(
        "/incidents",
        "listIncidents",
        incidents.list_incidents,
        questions.IncidentsAsked,
        models.IncidentPage,
    ),
    _get(
        "/incidents/{number}",
        "getIncident",
        incidents.one_incident,
        questions.NothingAsked,
        models.IncidentDetail,
        (404,),
    ),
    _post(
        "/incidents/{number}/ack",
        "acknowledgeIncident",
        incidents.acknowledge,
        questions.By,
        models.Responded,
        (404, 409),
    ),
    _post(
        "/incidents/{number}/take",
        "takeIncident",
        incidents.take,
        questions.Take,
        models.Responded,
        (404, 409),
    ),
    _post(
        "/incidents/{number}/unack",
        "unacknowledgeIncident",
        incidents.unacknowledge,
        questions.Undo,
        models.Responded,
        (404, 409),
    ),
    _get(
        "/explain",
        "explain",
        explain.explain,
        explain_models.ExplainAsked,
        explain_models.Explanation,
        (404,),
    ),
    _get(
        "/silences",
        "listSilences",
        silences.list_silences,
        silence_models.SilencesAsked,
        silence_models.Silences,
    ),
    _get(
        "/silences/preview",
        "previewSilence",
        silences.preview,
        silence_models.SilencePreviewAsked,
        silence_models.SilencePreview,
        (404,),
    ),
    _post(
        "/silences",
        "makeSilence",
        silences.make,
        silence_models.SilenceGiven,
        silence_models.Silence,
        (404,),
    ),
    _get(
        "/silences/{id}",
        "getSilence",
        silences.one_silence,
        questions.NothingAsked,
        silence_models.Silence,
        (404,),
    ),
    Endpoint(
        "DELETE",
        f"{BASE}/silences/{{id}}",
        "endSilence",
        silences.expire,
        questions.NothingAsked,
        silence_models.Silence,
        None,
        (404,),
    ),
    _get("/oncall", "onCall", oncall.on_call, questions.OnCallAsked, models.OnCall, (404,)),
    _get("/rotas", "listRotas", oncall.list_rotas, questions.NothingAsked, models.Rotas),
    _get(
        "/dead-letters",
        "listDeadLetters",
        admin.dead_letters,
        questions.PageAsked,
        models.DeadLetters,
    ),
    _post(
        "/dead-letters/replay",
        "replayDeadLetters",
        admin.replay,
        questions.NoticeIds,
        models.Replayed,
    ),
    _get("/rejects", "listRejects", admin.rejects, questions.LatestAsked, models.Rejects),
)

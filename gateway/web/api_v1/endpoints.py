"""Table of the API's endpoints, from which routes and the OpenAPI document are made."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from gateway.web.api_v1 import (
    actions,
    admin,
    alerts,
    calendars,
    changes,
    contacts,
    drills,
    explain,
    explain_if,
    feeds,
    follow_ups,
    heartbeats,
    incidents,
    links,
    models,
    oncall,
    people,
    recording,
    reports,
    requests,
    route,
    runbooks,
    silences,
    soundness,
    sources,
    swaps,
    system_changes,
    teams,
    verification,
)
from gateway.web.api_v1.action_requests import ManualPage
from gateway.web.api_v1.actions import ACTION_ENDPOINTS
from gateway.web.api_v1.models import alerts as alert_models
from gateway.web.api_v1.models import calendars as calendar_models
from gateway.web.api_v1.models import changes as change_models
from gateway.web.api_v1.models import contacts as contact_models
from gateway.web.api_v1.models import drills as drill_models
from gateway.web.api_v1.models import explain as explain_models
from gateway.web.api_v1.models import feeds as feed_models
from gateway.web.api_v1.models import follow_ups as follow_up_models
from gateway.web.api_v1.models import future as future_models
from gateway.web.api_v1.models import heartbeats as heartbeat_models
from gateway.web.api_v1.models import links as link_models
from gateway.web.api_v1.models import people as people_models
from gateway.web.api_v1.models import recording as recording_models
from gateway.web.api_v1.models import reports as report_models
from gateway.web.api_v1.models import route as route_models
from gateway.web.api_v1.models import runbooks as runbook_models
from gateway.web.api_v1.models import silences as silence_models
from gateway.web.api_v1.models import soundness as soundness_models
from gateway.web.api_v1.models import sources as source_models
from gateway.web.api_v1.models import swaps as swap_models
from gateway.web.api_v1.models import system_changes as system_change_models
from gateway.web.api_v1.models import teams as team_models
from gateway.web.api_v1.models import verification as verification_models

BASE = "/api/v1"

Handler = Callable[..., Awaitable[BaseModel | bytes]]
"""Returns a model, or a model's JSON where a list is written while it is read."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One operation. Its handler gets the engine, the query, then number or id, and body."""

    method: str
    path: str
    name: str
    handler: Handler
    query: type[requests.RequestModel]
    response: type[models.ResponseModel]
    body: type[requests.RequestModel] | None = None
    errors: tuple[int, ...] = ()
    needs_trust: bool = False  # the handler gets `trusted`: whether the request may change things

    @property
    def has_number(self) -> bool:
        """Return whether the path contains an incident's number."""
        return "{number}" in self.path

    @property
    def has_id(self) -> bool:
        """Return whether the path contains an id."""
        return "{id}" in self.path

    @property
    def is_write(self) -> bool:
        """Return whether the operation needs write access."""
        return self.method != "GET"

    @property
    def summary(self) -> str:
        """Return the first line of the handler's docstring, for the OpenAPI document."""
        return (self.handler.__doc__ or "").strip().partition("\n")[0]


def _get(
    path: str,
    name: str,
    handler: Handler,
    query: Any,
    response: Any,
    errors: tuple[int, ...] = (),
) -> Endpoint:
    return Endpoint("GET", BASE + path, name, handler, query, response, None, errors)


def _post(
    path: str,
    name: str,
    handler: Handler,
    body: Any,
    response: Any,
    errors: tuple[int, ...] = (),
) -> Endpoint:
    return Endpoint(
        "POST",
        BASE + path,
        name,
        handler,
        requests.NoQuery,
        response,
        body,
        (415, 400, *errors),
    )


ENDPOINTS = (
    Endpoint(
        "GET",
        f"{BASE}/status",
        "status",
        admin.status,
        requests.NoQuery,
        models.Status,
        needs_trust=True,
    ),
    _get(
        "/incidents",
        "listIncidents",
        incidents.list_incidents,
        requests.IncidentsQuery,
        models.IncidentPage,
    ),
    _get(
        "/incidents/{number}",
        "getIncident",
        incidents.one_incident,
        requests.NoQuery,
        models.IncidentDetail,
        (404,),
    ),
    *(
        _post(
            f"/incidents/{{number}}/{one.action.value}",
            one.operation,
            one.handler,
            one.body,
            models.Responded,
            (404, 409),
        )
        for one in ACTION_ENDPOINTS
    ),
    _get(
        "/incidents/{number}/story",
        "getIncidentStory",
        follow_ups.incident_story,
        requests.NoQuery,
        follow_up_models.Story,
        (404,),
    ),
    _get(
        "/incidents/{number}/follow-ups",
        "listFollowUpsOfIncident",
        follow_ups.of_incident,
        requests.NoQuery,
        follow_up_models.FollowUpList,
    ),
    _post(
        "/incidents/{number}/follow-ups",
        "addFollowUp",
        follow_ups.add,
        follow_up_models.NewFollowUp,
        follow_up_models.FollowUp,
        (404, 422),
    ),
    _get(
        "/follow-ups",
        "listOpenFollowUps",
        follow_ups.list_open,
        follow_up_models.FollowUpQuery,
        follow_up_models.FollowUpList,
    ),
    _post(
        "/follow-ups/{number}",
        "setFollowUpDone",
        follow_ups.set_done,
        follow_up_models.FollowUpDone,
        follow_up_models.FollowUp,
        (404,),
    ),
    _post(
        "/follow-ups/{number}/change",
        "changeFollowUp",
        follow_ups.change,
        follow_up_models.FollowUpChange,
        follow_up_models.FollowUp,
        (404, 422),
    ),
    _post("/pages", "pageWithoutAlert", actions.page, ManualPage, models.Paged, (422,)),
    _get(
        "/explain",
        "explain",
        explain.explain,
        explain_models.ExplainQuery,
        explain_models.Explanation,
        (404,),
    ),
    _get(
        "/soundness",
        "soundness",
        soundness.soundness,
        requests.NoQuery,
        soundness_models.Soundness,
    ),
    _get(
        "/soundness/history",
        "soundnessHistory",
        soundness.soundness_history,
        requests.NoQuery,
        soundness_models.SoundnessHistory,
    ),
    _get("/links", "listLinks", links.list_links, requests.NoQuery, link_models.Links),
    _get(
        "/explain/if",
        "explainIf",
        explain_if.explain_if,
        explain_if.ExplainIfQuery,
        future_models.AlertFuture,
        (503,),
    ),
    _get(
        "/silences",
        "listSilences",
        silences.list_silences,
        silence_models.SilencesQuery,
        silence_models.Silences,
    ),
    _get(
        "/silences/preview",
        "previewSilence",
        silences.preview,
        silence_models.SilencePreviewQuery,
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
        requests.NoQuery,
        silence_models.Silence,
        (404,),
    ),
    Endpoint(
        "DELETE",
        f"{BASE}/silences/{{id}}",
        "endSilence",
        silences.expire,
        requests.NoQuery,
        silence_models.Silence,
        None,
        (404,),
    ),
    _get(
        "/alerts/history",
        "alertHistory",
        alerts.history,
        alert_models.AlertHistoryQuery,
        alert_models.AlertHistory,
    ),
    _get("/oncall", "onCall", oncall.on_call, requests.OnCallQuery, models.OnCall, (404,)),
    _get("/route", "previewRoute", route.route, route.RouteQuery, route_models.RoutePreview),
    _get("/oncall/proof", "proveOnCall", oncall.proof, requests.ProofQuery, models.Proof),
    _get("/oncall/turns", "listTurns", oncall.turns, requests.NoQuery, models.RotaTurns),
    _get("/people", "listPeople", people.list_people, requests.NoQuery, people_models.People),
    _get("/rotas", "listRotas", oncall.list_rotas, requests.NoQuery, models.Rotas),
    _get(
        "/contacts",
        "listUnusableContacts",
        contacts.list_unusable,
        requests.NoQuery,
        contact_models.UnusableContacts,
    ),
    _post(
        "/contacts/clear",
        "clearContact",
        contacts.clear,
        contact_models.ClearedContact,
        contact_models.UnusableContacts,
        (404,),
    ),
    _get(
        "/overrides",
        "listOverrides",
        changes.list_changes,
        change_models.ChangesQuery,
        change_models.Changes,
    ),
    _get(
        "/overrides/{number}",
        "getOverride",
        changes.one_change,
        requests.NoQuery,
        change_models.Change,
        (404,),
    ),
    _post(
        "/overrides",
        "addOverride",
        changes.add,
        change_models.ChangeGiven,
        change_models.ChangesMade,
        (409,),
    ),
    _post(
        "/overrides/remove",
        "removeOverrides",
        changes.remove,
        change_models.ChangesRemoved,
        change_models.ChangesMade,
        (404, 409),
    ),
    Endpoint(
        "DELETE",
        f"{BASE}/overrides/{{number}}",
        "removeOverride",
        changes.remove_one,
        change_models.RemoveQuery,
        change_models.ChangesMade,
        None,
        (404, 409),
    ),
    _get(
        "/reports/figures",
        "reportFigures",
        reports.figures,
        report_models.ReportQuery,
        report_models.Report,
        (404,),
    ),
    _get(
        "/reports",
        "listReports",
        reports.list_scheduled,
        requests.NoQuery,
        report_models.ScheduledReports,
    ),
    _get(
        "/reports/{id}",
        "previewReport",
        reports.preview,
        requests.NoQuery,
        report_models.ReportPreview,
        (404,),
    ),
    _get(
        "/verify",
        "verify",
        verification.verify,
        verification_models.VerifyQuery,
        verification_models.Verification,
    ),
    _post(
        "/verify",
        "verifyAndStore",
        verification.verify_and_store,
        verification_models.VerifyRequested,
        verification_models.Verification,
    ),
    _get(
        "/verify/runs",
        "listVerifications",
        verification.list_verifications,
        verification_models.VerificationsQuery,
        verification_models.Verifications,
    ),
    _get(
        "/drills", "listDrills", drills.list_drills, drill_models.DrillsQuery, drill_models.Drills
    ),
    _post(
        "/drills/{id}/run",
        "beginDrill",
        drills.begin_drill,
        drill_models.BeginDrill,
        drill_models.DrillRun,
        (404, 409),
    ),
    _get(
        "/recording",
        "getRecording",
        recording.get_recording,
        recording_models.RecordingQuery,
        recording_models.RecordingPage,
    ),
    _get("/teams", "listTeams", teams.list_teams, requests.NoQuery, team_models.Teams),
    _get("/swaps", "listSwaps", swaps.list_swaps, swap_models.SwapsQuery, swap_models.Swaps),
    _get("/swaps/{number}", "getSwap", swaps.one_swap, requests.NoQuery, swap_models.Swap, (404,)),
    _post(
        "/swaps", "askForSwap", swaps.ask, swap_models.SwapRequested, swap_models.SwapDone, (409,)
    ),
    *(
        _post(
            f"/swaps/{{number}}/{verb}",
            f"{verb}Swap",
            handler,
            swap_models.SwapAnswered,
            swap_models.SwapDone,
            (404, 409),
        )
        for verb, handler in (
            ("accept", swaps.accept),
            ("decline", swaps.decline),
            ("cancel", swaps.cancel),
        )
    ),
    Endpoint(
        "GET",
        f"{BASE}/feeds",
        "listFeeds",
        feeds.list_feeds,
        feed_models.FeedsQuery,
        feed_models.Feeds,
        errors=(404,),
        needs_trust=True,
    ),
    _post(
        "/feeds/revoke",
        "revokeFeed",
        feeds.revoke,
        feed_models.RevokedFeed,
        feed_models.Feed,
        (404,),
    ),
    _get(
        "/changes",
        "listSystemChanges",
        system_changes.list_changes,
        system_change_models.SystemChangesQuery,
        system_change_models.SystemChanges,
    ),
    _post(
        "/changes",
        "addSystemChange",
        system_changes.add_change,
        system_change_models.NewSystemChange,
        system_change_models.SystemChange,
    ),
    Endpoint(
        "GET",
        f"{BASE}/heartbeats",
        "listHeartbeats",
        heartbeats.list_heartbeats,
        requests.NoQuery,
        heartbeat_models.Heartbeats,
        needs_trust=True,
    ),
    _get("/sources", "listSources", sources.list_sources, requests.NoQuery, source_models.Sources),
    _get(
        "/runbooks",
        "listRunbooks",
        runbooks.list_runbooks,
        runbook_models.RunbooksQuery,
        runbook_models.RunbookFiles,
        (404,),
    ),
    _get(
        "/calendars",
        "listCalendars",
        calendars.list_calendars,
        requests.NoQuery,
        calendar_models.Calendars,
    ),
    _post(
        "/calendars/confirm",
        "confirmCalendar",
        calendars.confirm,
        calendar_models.ConfirmedCalendar,
        calendar_models.Calendars,
        (404, 409),
    ),
    _get(
        "/dead-letters",
        "listDeadLetters",
        admin.dead_letters,
        requests.PageQuery,
        models.DeadLetters,
    ),
    _post(
        "/dead-letters/replay",
        "replayDeadLetters",
        admin.replay,
        requests.NoticeIds,
        models.Replayed,
    ),
    _get("/rejects", "listRejects", admin.rejects, requests.LatestQuery, models.Rejects),
)

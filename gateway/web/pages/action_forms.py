"""The forms of a page by which a person acts on an incident, besides acknowledging it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gateway.core.actions.table import ActionName
from gateway.core.errors import GatewayError
from gateway.core.incidents.incident import Incident
from gateway.core.plan.plan import Plan
from gateway.web.explain.names import name_of
from gateway.web.pages.incident_view import StoredIncident

DURATIONS = {
    "1800": "30 minutes",
    "3600": "1 hour",
    "7200": "2 hours",
    "14400": "4 hours",
    "28800": "8 hours",
    "86400": "1 day",
    "604800": "1 week",
}
"""Durations that the forms offer: seconds and text."""

FOR_SNOOZE = "7200"
FOR_EXTENSION = "14400"


class FieldKind(StrEnum):
    """How a field is shown."""

    LINE = "line"
    AREA = "area"
    CHOICE = "choice"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class FormField:
    """A field of a form. `choices` are pairs of value and text."""

    name: str
    label: str
    kind: FieldKind = FieldKind.LINE
    choices: Sequence[tuple[str, str]] = ()
    chosen: str = ""
    required: bool = True


@dataclass(frozen=True, slots=True)
class ActionForm:
    """One action: its heading, its fields, and the text of its button."""

    action: ActionName
    title: str
    button: str
    fields: tuple[FormField, ...] = ()


@dataclass(frozen=True, slots=True)
class ActionForms:
    """The forms of a page: those that the state calls for, and all others, folded."""

    first: tuple[ActionForm, ...]
    more: tuple[ActionForm, ...]

    def __bool__(self) -> bool:
        return bool(self.first or self.more)


REASON = FormField("reason", "Why", required=False)
COMMENT = ActionForm(
    ActionName.COMMENT,
    "Comment",
    "Comment",
    (FormField("text", "Comment, may be Markdown", FieldKind.AREA),),
)
RATINGS = (
    ActionForm(ActionName.USEFUL, "Was it useful to be notified?", "Yes, useful"),
    ActionForm(ActionName.NOISE, "Was it noise?", "It was noise"),
)


def action_forms(stored: StoredIncident, plan: Plan, reader: str) -> ActionForms:
    """Return the forms for `reader` (a person's id, or empty)."""
    incident = stored.incident
    if not incident.open:
        first = _of_closed(incident, plan)
        closed = (COMMENT, *_ratings(incident, reader), _link(), *_unlink(incident))
        return ActionForms(first, closed)
    if incident.responses.merged_into is not None:
        unmerge = ActionForm(ActionName.UNMERGE, "Merged into another incident", "Undo the merge")
        return ActionForms((unmerge,), (COMMENT,))
    more = [COMMENT]
    if incident.ack is not None:
        more += [*_handover(incident, plan), _extend()]
    more += [_page(plan), *_escalate(incident, plan)]
    if incident.responses.snooze is None:
        more.append(_snooze())
    more += [
        ActionForm(ActionName.RESOLVE, "Resolve", "Resolve now", (REASON,)),
        *_ratings(incident, reader),
        ActionForm(ActionName.MERGE, "Merge into another incident", "Merge", (_number("into"),)),
        _link(),
        *_unlink(incident),
        *_team(incident, plan),
    ]
    return ActionForms(tuple(_due(incident, plan, reader)), tuple(more))


def _due(incident: Incident, plan: Plan, reader: str) -> list[ActionForm]:
    """Return what the state calls for: the answer to an offer, the end of a snooze."""
    forms = []
    offer = incident.responses.offer
    if offer is not None:
        name = name_of(plan, offer.to)
        declines = reader == offer.to
        title = "It is handed over to you" if declines else f"It is handed over to {name}"
        button = "Decline" if declines else "Withdraw the offer"
        forms.append(ActionForm(ActionName.DECLINE, title, button))
    if incident.responses.snooze is not None:
        forms.append(ActionForm(ActionName.UNSNOOZE, "Snoozed", "End the snooze now"))
    return forms


def _of_closed(incident: Incident, plan: Plan) -> tuple[ActionForm, ...]:
    closing = incident.responses.closing
    if closing is None:
        return ()
    title = f"{name_of(plan, closing.by)} resolved it. If its alerts fire on, it opens again"
    return (ActionForm(ActionName.REOPEN, title, "Open it again"),)


def _handover(incident: Incident, plan: Plan) -> list[ActionForm]:
    holder = incident.ack.by if incident.ack else ""
    people = [(one.id, one.name) for one in plan.people.values() if one.id != holder]
    if not people:
        return []
    to = FormField("to", "To", FieldKind.CHOICE, (("", "Please choose"), *people))
    text = FormField("text", "What they should know", required=False)
    return [ActionForm(ActionName.HANDOVER, "Hand over", "Hand over", (to, text))]


def _extend() -> ActionForm:
    field = FormField("for", "From now", FieldKind.CHOICE, tuple(DURATIONS.items()), FOR_EXTENSION)
    return ActionForm(ActionName.EXTEND, "Let the acknowledgement hold longer", "Extend", (field,))


def _snooze() -> ActionForm:
    field = FormField("for", "For", FieldKind.CHOICE, tuple(DURATIONS.items()), FOR_SNOOZE)
    title = "Snooze: notify nothing unless it gets worse"
    return ActionForm(ActionName.SNOOZE, title, "Snooze", (field, REASON))


def _page(plan: Plan) -> ActionForm:
    choices = [
        *((f"rota:{name}", f"On call in {name}") for name in plan.rotas),
        *((f"person:{one.id}", one.name) for one in plan.people.values()),
        *((f"receiver:{name}", f"Receiver {name}") for name in plan.receivers),
    ]
    whom = FormField("notify", "Whom", FieldKind.CHOICE, (("", "Please choose"), *choices))
    text = FormField("text", "What they should know", required=False)
    return ActionForm(ActionName.PAGE, "Page somebody", "Page now", (whom, text))


def _escalate(incident: Incident, plan: Plan) -> list[ActionForm]:
    receiver = plan.receivers.get(incident.receiver)
    if receiver is None or receiver.escalate not in plan.escalations:
        return []
    text = FormField("text", "What they should know", required=False)
    return [ActionForm(ActionName.ESCALATE, "Escalate", "Take the next step now", (text,))]


def _ratings(incident: Incident, reader: str) -> tuple[ActionForm, ...]:
    rated = incident.responses.rating_of(reader) if reader else None
    return tuple(
        one for one in RATINGS if rated is None or rated is not (one.action is ActionName.USEFUL)
    )


def _team(incident: Incident, plan: Plan) -> list[ActionForm]:
    if not plan.teams:
        return []
    choices = (("", "No team"), *((one.id, one.name) for one in plan.teams.values()))
    field = FormField("team", "Team", FieldKind.CHOICE, choices, incident.team, required=False)
    return [ActionForm(ActionName.TEAM, "Give it to another team", "Change the team", (field,))]


def _link() -> ActionForm:
    return ActionForm(ActionName.LINK, "Link another incident", "Link", (_number("other"),))


def _unlink(incident: Incident) -> list[ActionForm]:
    related = [str(number) for number in incident.responses.related]
    if not related:
        return []
    choices = tuple((number, f"#{number}") for number in related)
    field = FormField("other", "Incident", FieldKind.CHOICE, choices, related[0])
    return [
        ActionForm(ActionName.UNLINK, "Linked with another incident", "Undo the link", (field,))
    ]


def _number(name: str) -> FormField:
    return FormField(name, "Number of the incident", FieldKind.NUMBER)


class FormError(GatewayError, ValueError):
    """A field of the form cannot be used; the text says why."""


def arguments_of(
    action: ActionName, form: Mapping[str, str], now: float
) -> tuple[dict[str, object], int | None]:
    """Return the arguments of the action that a form gives, and the number of a second incident.

    Raises FormError.
    """
    text = form.get("text", "").strip()
    if action is ActionName.COMMENT:
        return {"text": text}, None
    if action is ActionName.HANDOVER:
        return {"to": form.get("to", ""), "text": text[:1000]}, None
    if action is ActionName.PAGE:
        return {"references": [form.get("notify", "")], "text": text[:1000]}, None
    if action is ActionName.ESCALATE:
        return {"text": text[:1000]}, None
    if action is ActionName.RESOLVE:
        return {"reason": form.get("reason", "").strip()[:1000]}, None
    if action is ActionName.TEAM:
        return {"team": form.get("team", "")}, None
    if action in (ActionName.EXTEND, ActionName.SNOOZE):
        until = now + _seconds(form.get("for", ""))
        reason = {"reason": form.get("reason", "").strip()[:1000]}
        return {"until": until, **(reason if action is ActionName.SNOOZE else {})}, None
    if action in (ActionName.MERGE, ActionName.LINK, ActionName.UNLINK):
        return {}, _incident_number(form.get("into") or form.get("other") or "")
    return {}, None


def _seconds(text: str) -> float:
    if text not in DURATIONS:
        raise FormError("Please choose for how long.")
    return float(text)


def _incident_number(text: str) -> int:
    digits = text.strip().removeprefix("#")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 15):
        raise FormError("Please give the number of an incident, such as 1042.")
    return int(digits)

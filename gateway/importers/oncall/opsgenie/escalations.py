"""Opsgenie's escalations: delays count from the alert, so waits are the times between them."""

from collections.abc import Iterator
from itertools import pairwise

from gateway.importers.oncall.model.export import (
    EscalationRecord,
    Export,
    StepRecord,
    StepTarget,
    TargetKind,
)
from gateway.importers.oncall.opsgenie.schedules import read_person
from gateway.importers.oncall.read.json_value import Json
from gateway.importers.oncall.read.notes import NoteKind, Notes

_SECONDS = {"minutes": 60.0, "hours": 3600.0, "days": 86400.0}


def read_escalation(entry: Json, export: Export, notes: Notes) -> None:
    """Add an escalation; rules with one delay become one step."""
    name = entry.text("name")
    rules = sorted(entry.items("rules"), key=_delay)
    targets_by_delay: dict[float, list[StepTarget]] = {}
    random_delays = set()
    for rule in rules:
        _note_condition(rule, name, notes)
        targets = list(_targets(rule, name, export, notes))
        if targets:
            targets_by_delay.setdefault(_delay(rule), []).extend(targets)
        if rule.text("notifyType", "default") == "random":
            random_delays.add(_delay(rule))
    delays = list(targets_by_delay)
    if not delays:
        notes.add(NoteKind.LOST, entry.position, f'escalation "{name}" notifies nobody; omitted')
        return
    if delays[0]:
        message = (
            f'escalation "{name}": its first rule waits {delays[0] / 60:g} min; here the first '
            "step is notified at once, or after the route's group_wait"
        )
        notes.add(NoteKind.CHANGED, entry.at("rules").position, message)
    repeat, last_wait = _repeat(entry, name, notes)
    waits = [later - earlier for earlier, later in pairwise(delays)]
    steps = tuple(
        StepRecord(tuple(dict.fromkeys(targets_by_delay[delay])), wait, delay in random_delays)
        for delay, wait in zip(delays, [*waits, last_wait], strict=True)
    )
    key = entry.text("id")
    export.escalations[key] = EscalationRecord(key, name, entry.position, steps, repeat)


def _delay(rule: Json) -> float:
    """Return the seconds from the alert until a rule."""
    if "delay" not in rule:
        return 0.0
    delay = rule.at("delay")
    unit = delay.text("timeUnit", "minutes")
    if unit not in _SECONDS:
        raise delay.at("timeUnit").error("minutes, hours or days is expected")
    return delay.number("timeAmount", 0) * _SECONDS[unit]


def _repeat(entry: Json, name: str, notes: Notes) -> tuple[int, float | None]:
    """Return how often the escalation repeats, and the wait before it does."""
    if "repeat" not in entry:
        return 0, None
    repeat = entry.at("repeat")
    if repeat.flag("closeAlertAfterAll", default=False):
        message = f'escalation "{name}": closing the alert after all repeats has no counterpart'
        notes.add(NoteKind.LOST, repeat.position, message)
    if repeat.flag("resetRecipientStates", default=False):
        message = (
            f'escalation "{name}": a repeat there also goes to who has acknowledged or seen the '
            "alert; here an acknowledgement ends the escalation"
        )
        notes.add(NoteKind.CHANGED, repeat.position, message)
    count, wait = repeat.number("count", 0), repeat.number("waitInterval", 0)
    return (count, wait * 60.0) if count and wait else (0, None)


def _note_condition(rule: Json, name: str, notes: Notes) -> None:
    if rule.text("condition", "if-not-acked") == "if-not-closed":
        message = (
            f'escalation "{name}": the rule applies until the alert is closed; here an '
            "acknowledgement ends the escalation"
        )
        notes.add(NoteKind.CHANGED, rule.position, message)


def _targets(rule: Json, name: str, export: Export, notes: Notes) -> Iterator[StepTarget]:
    recipient = rule.at("recipient")
    kind, how = recipient.text("type"), rule.text("notifyType", "default")
    if kind == "user":
        yield StepTarget(TargetKind.PERSON, read_person(recipient, export))
    elif kind == "schedule":
        if how == "previous":
            message = f'escalation "{name}": "previous on call" has no counterpart; it is omitted'
            notes.add(NoteKind.LOST, rule.position, message)
            return
        target = TargetKind.NEXT if how == "next" else TargetKind.SCHEDULE
        yield StepTarget(target, recipient.text("id", recipient.text("name", "")))
    elif kind == "team":
        yield from _team(rule, name, export, notes)
    else:
        message = f'escalation "{name}": a {kind} as recipient has no counterpart; it is omitted'
        notes.add(NoteKind.LOST, rule.position, message)


def _team(rule: Json, name: str, export: Export, notes: Notes) -> Iterator[StepTarget]:
    """Yield the people of a team, those that are in the export."""
    recipient, how = rule.at("recipient"), rule.text("notifyType", "default")
    team = export.teams.get(recipient.text("id", ""))
    people: list[str] = []
    if team is not None and how == "admins":
        people = team.leads
    elif team is not None and how in ("users", "all", "random"):
        people = list(dict.fromkeys((*team.members, *team.leads)))
    if not people:
        message = (
            f'escalation "{name}": the team "{recipient.text("name", recipient.text("id", ""))}" '
            f"({how}) is notified by its routing rules, or its members are not in the export: "
            "name its rota in the step"
        )
        notes.add(NoteKind.LOST, rule.position, message)
    for person in people:
        yield StepTarget(TargetKind.PERSON, person)

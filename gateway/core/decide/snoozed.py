"""The end of a snooze: its time has come, or the incident got worse."""

from dataclasses import replace

from gateway.core.decide.evaluation import EARLY, Evaluation
from gateway.core.incidents.timeline import TimelineKind


def end_snooze(ev: Evaluation) -> None:
    """End the snooze when it is over, or when something worse fires than what was snoozed."""
    snooze = ev.draft.responses.snooze
    if snooze is None:
        return
    rank = min((ev.plan.severity_of(m.alert.labels).rank for m in ev.visible), default=snooze.rank)
    if snooze.ended_by:
        stop_snooze(ev)  # the action has recorded it
        return
    if ev.now >= snooze.until - EARLY:
        text = f"{ev.plan.name_of(snooze.by)} had snoozed it"
    elif rank < snooze.rank:
        text = "it got worse"
    else:
        return
    stop_snooze(ev)
    ev.record(TimelineKind.SNOOZE_ENDED, text)


def stop_snooze(ev: Evaluation) -> None:
    """Let the incident notify again; only its route can still mute it."""
    ev.draft.responses = replace(ev.draft.responses, snooze=None)
    ev.draft.suppressions = ()
    ev.muted = ev.route_mute

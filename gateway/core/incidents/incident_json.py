"""The part of an incident that only decisions read, as JSON for one column of the store.

The keys are stored, and older than some names in the code.
"""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from gateway.core.incidents import personal_state, responses_json, suppression
from gateway.core.incidents.incident import Ack, EscalationState, Incident
from gateway.core.incidents.system_change import changes_from_json, changes_to_json
from gateway.core.plan.plan import NOTHING, Target

_ESCALATION = "climb"
_STEPS = "steps"


def to_json(incident: Incident) -> dict[str, Any]:
    """Return the fields of an incident that have no column of their own."""
    people = [personal_state.to_json(one) for one in incident.personal]
    responses = responses_json.to_json(incident.responses)
    previous = responses_json.previous_to_json(incident.previous)
    return {
        "tick_at": incident.tick_at,
        "flushed": incident.flushed,
        "notified_at": incident.notified_at,
        "ack": _ack_to_json(incident.ack),
        **_escalation_to_json(incident.escalation),
        "told": [target_to_json(target) for target in incident.notified_targets.values()],
        "held": incident.notification_pending,
        "suppressions": [suppression.to_json(one) for one in incident.suppressions],
        "respond_by": incident.respond_by,
        "beginnings": incident.beginnings,
        "flapping_told_at": incident.flapping_notified_at,
        "left_out": incident.truncated,
        "since": incident.since,
        "missed_at": incident.missed_at,
        **({"people": people} if people else {}),
        **({"responses": responses} if responses else {}),
        **({"previous": previous} if previous else {}),
        **({"changes": changes_to_json(incident.changes)} if incident.changes else {}),
    }


def from_json(saved: Mapping[str, Any]) -> dict[str, Any]:
    """Undo `to_json`: return arguments of `Incident`. Keys of later releases may be absent."""
    ack = saved["ack"]
    targets = [target_from_json(item) for item in saved["told"]]
    return {
        "tick_at": saved["tick_at"],
        "flushed": saved["flushed"],
        "notified_at": saved["notified_at"],
        "ack": _ack_from_json(ack) if ack else None,
        "escalation": _escalation_from_json(saved),
        "notified_targets": MappingProxyType({target.key: target for target in targets}),
        "notification_pending": saved["held"],
        "suppressions": tuple(map(suppression.from_json, saved.get("suppressions", ()))),
        "respond_by": saved["respond_by"],
        "beginnings": tuple(saved.get("beginnings", ())),
        "flapping_notified_at": saved.get("flapping_told_at"),
        "truncated": saved.get("left_out", 0),
        "since": saved.get("since"),
        "missed_at": saved.get("missed_at"),
        "personal": tuple(map(personal_state.from_json, saved.get("people", ()))),
        "responses": responses_json.from_json(saved.get("responses", {})),
        "previous": responses_json.previous_from_json(saved.get("previous")),
        "changes": changes_from_json(saved.get("changes", ())),
    }


def target_to_json(target: Target) -> dict[str, Any]:
    """Return a target as JSON. Its address is a reference where the real one is secret."""
    saved = {
        "channel": target.channel,
        "address": target.address,
        "person": target.person,
        "options": dict(target.options),
    }
    # Only then, so that rows of the account named like the channel stay as they were.
    return saved if target.account == target.channel else saved | {"account": target.account}


def target_from_json(item: Mapping[str, Any]) -> Target:
    """Undo `target_to_json`."""
    options = tuple(item["options"].items())
    channel, account = item["channel"], item.get("account", "")
    return _shared_target(channel, item["address"], item["person"], options, account)


# Few targets are in nearly all incidents. One object for each saves memory in the store's cache of
# incidents, and two thirds of the time to read one. All threads share it: it must stay immutable.
@lru_cache(maxsize=4096)
def _shared_target(
    channel: str,
    address: str,
    person: str | None,
    options: tuple[tuple[str, str], ...],
    account: str,
) -> Target:
    frozen = MappingProxyType(dict(options)) if options else NOTHING
    return Target(channel, address, person, frozen, account)


def _escalation_to_json(state: EscalationState | None) -> dict[str, Any]:
    """Return the state under two keys: an older release refuses unknown ones inside the first."""
    if state is None:
        return {_ESCALATION: None}
    position = {
        "name": state.name,
        "step": state.step,
        "round": state.round,
        "next_at": state.next_at,
    }
    steps = {
        "skipped": state.skipped,
        "reached": state.reached,
        "picks": list(state.picks.items()),  # JSON has no numbers as keys
    }
    return {_ESCALATION: position, _STEPS: steps}


def _escalation_from_json(saved: Mapping[str, Any]) -> EscalationState | None:
    position = saved[_ESCALATION]
    if not position:
        return None
    steps = saved.get(_STEPS) or {}
    return EscalationState(
        **position,
        skipped=tuple(steps.get("skipped", ())),
        reached=steps.get("reached", True if position["step"] else None),
        picks=MappingProxyType({step: tuple(people) for step, people in steps.get("picks", ())}),
    )


def _ack_to_json(ack: Ack | None) -> dict[str, Any] | None:
    if ack is None:
        return None
    saved = {
        "by": ack.by,
        "at": ack.at,
        "via": ack.via,
        "rank": ack.rank,
        "expires_at": ack.expires_at,
        "verified": ack.verified,
    }
    return saved | ({"previous": _ack_to_json(ack.previous)} if ack.previous else {})


def _ack_from_json(saved: Mapping[str, Any]) -> Ack:
    previous = saved.get("previous")
    return Ack(**{**saved, "previous": Ack(**previous) if previous else None})

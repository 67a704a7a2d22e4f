"""The answer of `gateway route` for programs."""

from dataclasses import asdict
from typing import Any

from gateway.cli.route.answer import Answer, Labels, Way, origin, why_not
from gateway.cli.support.oncall_text import stamp
from gateway.core.matching.text import write_matchers
from gateway.core.plan.flapping import Flapping
from gateway.core.plan.intervals import OPTIONS
from gateway.core.plan.plan import UNKNOWN_RANK, Plan, Target
from gateway.core.routing.inhibition import InhibitRule
from gateway.core.routing.match import TraceStep


def as_json(plan: Plan, answer: Answer) -> dict[str, Any]:
    """The answer for ``--json``: instants as RFC 3339, durations in seconds."""
    severity = answer.severity
    return {
        "labels": dict(answer.labels),
        "at": stamp(answer.at),
        "severity": {
            "name": severity.name,
            "rank": severity.rank if severity.rank != UNKNOWN_RANK else None,
            "respond_by": stamp(answer.respond_by),
            "ack_expires": severity.ack_expires,
        },
        "flapping": _flapping_json(plan.flapping),
        "receivers": [way.receiver.name for way in answer.ways],
        "routes": [_way_json(plan, way) for way in answer.ways],
        "may_be_inhibited_by": [rule_json(rule) for rule in answer.inhibited_by],
        "inhibits": [rule_json(rule) for rule in answer.inhibits],
        "trace": [_step_json(step, answer.labels) for step in answer.steps],
    }


def _way_json(plan: Plan, way: Way) -> dict[str, Any]:
    return {
        "route": way.route.id,
        "line": way.route.line,
        "receiver": way.receiver.name,
        "receiver_origin": origin(plan, way, "receiver"),
        "group_key": way.key,
        "group_labels": dict(way.group),
        "labels": dict(way.route.labels),
        **{option: getattr(way.timing, option) for option in OPTIONS},
        "repeats": way.timing.repeats.value,
        "repeats_every": way.timing.repeats_every,
        "origins": {option: origin(plan, way, option) for option in (*OPTIONS, "group_by")},
        "muted": way.muted is not None,
        "muted_by": " ".join(way.muted) if way.muted else None,
        "mute_changes_at": stamp(way.changes_at),
        "targets": [target_json(target) for target in way.receiver.targets],
        "escalation": way.receiver.escalate,
        "steps": [
            {
                "step": rung.number,
                "at": stamp(rung.at),
                "notify": list(rung.notify),
                "by": list(rung.by),
                "wait": rung.wait,
                "targets": [target_json(target) for target in rung.targets],
                "missing": list(rung.missing),
            }
            for rung in way.rungs
        ],
        "repeat": way.repeat,
        "steps_begin_again_at": stamp(way.again_at),
        "fallback": way.fallback.name,
    }


def _flapping_json(flapping: Flapping) -> dict[str, float] | None:
    return asdict(flapping) if flapping.times else None


def target_json(target: Target) -> dict[str, Any]:
    """A target; where its address is secret this holds the reference to it."""
    return {
        "channel": target.channel,
        "address": target.address,
        "person": target.person,
        "send_resolved": target.wants_ends,
    }


def rule_json(rule: InhibitRule) -> dict[str, Any]:
    """A rule as routes.yaml writes it."""
    return {
        "name": rule.name,
        "source_matchers": write_matchers(rule.source),
        "target_matchers": write_matchers(rule.target),
        "equal": list(rule.equal),
    }


def _step_json(step: TraceStep, labels: Labels) -> dict[str, Any]:
    return {
        "route": step.route.id,
        "line": step.route.line,
        "depth": step.depth,
        "matchers": write_matchers(step.route.matchers),
        "receiver": step.route.receiver,
        "continue": step.route.continue_,
        "matched": step.matched,
        "chosen": step.chosen,
        "why_not": why_not(step, labels),
    }

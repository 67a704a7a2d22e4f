"""The preview of `gateway route` as JSON."""

from dataclasses import asdict
from typing import Any

from gateway.cli.route.preview import Labels, MatchedRoute, RoutePreview, mismatch, origin
from gateway.cli.support.oncall_text import rfc3339
from gateway.core.decide.contacts_due import ContactDue
from gateway.core.matching.text import write_matchers
from gateway.core.plan.flapping import Flapping
from gateway.core.plan.intervals import OPTIONS, RESPOND_WITHIN
from gateway.core.plan.plan import UNKNOWN_RANK, Plan, Target
from gateway.core.routing.inhibition import EqualLabel, InhibitRule
from gateway.core.routing.match import TraceStep


def as_json(plan: Plan, preview: RoutePreview) -> dict[str, Any]:
    """Return the preview, with instants as RFC 3339 and durations in seconds."""
    severity = preview.severity
    return {
        "labels": dict(preview.labels),
        "at": rfc3339(preview.at),
        "severity": {
            "name": severity.name,
            "rank": severity.rank if severity.rank != UNKNOWN_RANK else None,
            "respond_by": rfc3339(preview.matches[0].respond_by),
            "ack_expires": severity.ack_expires,
        },
        "team": preview.team or None,
        "flapping": _flapping_json(plan.flapping),
        "receivers": [match.receiver.name for match in preview.matches],
        "routes": [_match_json(plan, match) for match in preview.matches],
        "may_be_inhibited_by": [rule_json(rule) for rule in preview.inhibited_by],
        "inhibits": [rule_json(rule) for rule in preview.inhibits],
        "trace": [_step_json(step, preview.labels) for step in preview.steps],
    }


def _match_json(plan: Plan, match: MatchedRoute) -> dict[str, Any]:
    return {
        "route": match.route.id,
        "line": match.route.line,
        "receiver": match.receiver.name,
        "receiver_origin": origin(plan, match, "receiver"),
        "group_key": match.key,
        "group_labels": dict(match.group),
        "labels": dict(match.route.labels),
        **{option: getattr(match.timing, option) for option in OPTIONS},
        "respond_within": match.timing.respond_within,
        "respond_by": rfc3339(match.respond_by),
        "repeats": match.timing.repeats.value,
        "repeats_every": match.timing.repeats_every,
        "origins": {
            option: origin(plan, match, option) for option in (*OPTIONS, RESPOND_WITHIN, "group_by")
        },
        "muted": match.muted is not None,
        "muted_by": " ".join(match.muted) if match.muted else None,
        "mute_changes_at": rfc3339(match.changes_at),
        "targets": [target_json(target) for target in match.targets],
        "declared_targets": [
            {"target": target_json(choice.target), "why": choice.why}
            for choice in match.by_label
            if choice.why
        ],
        "escalation": match.receiver.escalate,
        "steps": [
            {
                "step": step.number,
                "at": rfc3339(step.at),
                "notify": list(step.notify),
                "by": list(step.by),
                "wait": step.wait,
                "targets": [target_json(target) for target in step.targets],
                "contacts": [_contact_json(due) for due in step.contacts],
                "missing": list(step.missing),
                "round_robin": step.round_robin,
                "skipped": step.skipped or None,
            }
            for step in match.steps
        ],
        "repeat": match.repeat,
        "steps_begin_again_at": rfc3339(match.again_at),
        "fallback": match.fallback.name,
    }


def _contact_json(due: ContactDue) -> dict[str, Any]:
    return {
        "person": due.person.id,
        "contact": due.contact.name,
        "channel": due.contact.channel,
        "at": rfc3339(due.at),
        "quiet_hours": due.quiet,
        "usable": due.usable,
    }


def _flapping_json(flapping: Flapping) -> dict[str, float] | None:
    return asdict(flapping) if flapping.times else None


def target_json(target: Target) -> dict[str, Any]:
    """Return a target; a secret address appears as the reference to it."""
    return {
        "channel": target.channel,
        "account": target.account,
        "address": target.address,
        "person": target.person,
        "cc": list(target.copies),
        "headers": dict(target.headers),
        "send_resolved": target.send_resolved,
    }


def rule_json(rule: InhibitRule) -> dict[str, Any]:
    """Return a rule with its matchers as routes.yaml writes them."""
    return {
        "name": rule.name,
        "source_matchers": write_matchers(rule.source),
        "target_matchers": write_matchers(rule.target),
        "equal": [_equal_json(one) for one in rule.equal],
    }


def _equal_json(equal: EqualLabel) -> str | dict[str, str]:
    return equal.source if equal.source == equal.target else equal._asdict()


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
        "why_not": mismatch(step, labels),
    }

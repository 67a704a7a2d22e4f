"""The preview of a route as JSON values, for programs and for the text of `gateway route`."""

from dataclasses import asdict
from typing import Any

from gateway.core.decide.contacts_due import ContactDue
from gateway.core.decide.route_preview import (
    MatchedRoute,
    RoutePreview,
    StepPreview,
    mismatch,
    origin,
    person_of,
)
from gateway.core.matching.text import write_matchers
from gateway.core.plan.flapping import Flapping
from gateway.core.plan.intervals import OPTIONS, RESPOND_WITHIN
from gateway.core.plan.plan import UNKNOWN_RANK, Plan, Target
from gateway.core.plan.target_name import target_name
from gateway.core.routing.inhibition import EqualLabel, InhibitRule
from gateway.core.routing.match import TraceStep
from gateway.core.time.timestamps import format_rfc3339
from gateway.render.view.declared_links import filled_links
from gateway.render.view.runbooks import runbook_of
from gateway.render.view.severity_title import severity_title


def route_preview_json(plan: Plan, preview: RoutePreview) -> dict[str, Any]:
    """Return the preview, with instants as RFC 3339 and durations in seconds."""
    severity = preview.severity
    return {
        "labels": dict(preview.labels),
        "at": _instant(preview.at),
        "timezone": plan.business_hours.zone,
        "severity": {
            "name": severity.name,
            "rank": severity.rank if severity.rank != UNKNOWN_RANK else None,
            "respond_by": _instant(preview.matches[0].respond_by),
            "ack_expires": severity.ack_expires,
        },
        "urgent": plan.is_urgent(severity.rank),
        "team": preview.team or None,
        "declares": {
            "severities": bool(plan.severities),
            "teams": bool(plan.teams),
            "runbooks": plan.runbooks.declared,
        },
        "flapping": _flapping_json(plan.flapping),
        "receivers": [match.receiver.name for match in preview.matches],
        "routes": [_match_json(plan, preview, match) for match in preview.matches],
        "may_be_inhibited_by": [_rule_json(rule) for rule in preview.inhibited_by],
        "inhibits": [_rule_json(rule) for rule in preview.inhibits],
        "trace": [_step_json(preview, step) for step in preview.steps],
    }


def _instant(t: float | None) -> str | None:
    return None if t is None else format_rfc3339(t, milliseconds=t != int(t))


def _match_json(plan: Plan, preview: RoutePreview, match: MatchedRoute) -> dict[str, Any]:
    title = severity_title(_facts(preview, match), plan)
    return {
        "route": match.route.id,
        "line": match.route.line,
        "receiver": match.receiver.name,
        "receiver_origin": origin(plan, match, "receiver"),
        "group_key": match.key,
        "group_labels": dict(match.group),
        "labels": dict(match.route.labels),
        "runbook": _runbook(plan, preview, match),
        "title": title.text or None,
        "title_omitted_because": title.missing or title.problem or None,
        "links": _links_json(plan, preview, match),
        **{option: getattr(match.timing, option) for option in OPTIONS},
        "respond_within": match.timing.respond_within,
        "respond_by": _instant(match.respond_by),
        "repeats": match.timing.repeats.value,
        "repeats_every": match.timing.repeats_every,
        "origins": {
            option: origin(plan, match, option) for option in (*OPTIONS, RESPOND_WITHIN, "group_by")
        },
        "muted": match.muted is not None,
        "muted_by": " ".join(match.muted) if match.muted else None,
        "mute": match.muted and {"kind": match.muted[0], "names": match.muted[1]},
        "mute_changes_at": _instant(match.changes_at),
        "targets": [_target_json(plan, target) for target in match.targets],
        "declared_targets": [
            {"target": _target_json(plan, choice.target), "why": choice.why}
            for choice in match.by_label
            if choice.why
        ],
        "escalation": match.receiver.escalate,
        "steps": [
            {
                "step": step.number,
                "at": _instant(step.at),
                "after": step.at - preview.at,
                "notify": list(step.notify),
                "by": list(step.by),
                "wait": step.wait,
                "targets": [_target_json(plan, target) for target in step.targets],
                "direct": [_target_json(plan, target) for target in step.direct],
                "contacts": [_contact_json(plan, step, due) for due in step.contacts],
                "missing": list(step.missing),
                "round_robin": step.round_robin,
                "skipped": step.skipped or None,
            }
            for step in match.steps
        ],
        "repeat": match.repeat,
        "steps_begin_again_at": _instant(match.again_at),
        "steps_begin_again_after": match.again_at and match.again_at - preview.at,
        "fallback": match.fallback.name,
    }


def _runbook(plan: Plan, preview: RoutePreview, match: MatchedRoute) -> str | None:
    """Return the file of the alert's runbook, or its URL; None without one by the alert's name."""
    result = runbook_of(_facts(preview, match), plan, "")
    if result.page is not None:
        return f"{result.page.name}.md"
    return result.link.url if result.link is not None else None


def _links_json(plan: Plan, preview: RoutePreview, match: MatchedRoute) -> list[dict[str, Any]]:
    """Return the links of routes.yaml as a message about this one alert would have them."""
    return [
        {
            "title": one.link.text if one.link else one.title,
            "url": one.link.url if one.link else None,
            "omitted_because": one.missing or one.problem or None,
        }
        for one in filled_links(_facts(preview, match), plan)
    ]


def _facts(preview: RoutePreview, match: MatchedRoute) -> dict[str, Any]:
    """Return what short templates read, for an incident of this one alert without a number."""
    return {
        "route": match.route.id,
        "route_labels": dict(match.route.labels),
        "common_labels": dict(preview.labels),
        "severity": preview.severity.name,
        "team": {"name": preview.team},
        "incident": 0,
        "since": preview.at,
    }


def _contact_json(plan: Plan, step: StepPreview, due: ContactDue) -> dict[str, Any]:
    return {
        "person": due.person.id,
        "name": due.person.name,
        "contact": due.contact.name,
        "channel": due.contact.channel,
        "address": due.target.address,
        "at": _instant(due.at),
        "delay": due.at - step.at,
        "quiet_hours": due.quiet,
        "usable": due.usable,
        "why_unusable": plan.unusable_contacts.get(due.target.key),
    }


def _flapping_json(flapping: Flapping) -> dict[str, float] | None:
    return asdict(flapping) if flapping.times else None


def _target_json(plan: Plan, target: Target) -> dict[str, Any]:
    """Return a target; a secret address appears as the reference to it."""
    return {
        "name": target_name(target),
        "recipient": person_of(plan, target),
        "channel": target.channel,
        "account": target.account,
        "address": target.address,
        "person": target.person,
        "cc": list(target.copies),
        "headers": dict(target.headers),
        "send_resolved": target.send_resolved,
    }


def _rule_json(rule: InhibitRule) -> dict[str, Any]:
    """Return a rule with its matchers as routes.yaml writes them."""
    return {
        "name": rule.name,
        "source_matchers": write_matchers(rule.source),
        "target_matchers": write_matchers(rule.target),
        "equal": [_equal_json(one) for one in rule.equal],
    }


def _equal_json(equal: EqualLabel) -> str | dict[str, str]:
    return equal.source if equal.source == equal.target else equal._asdict()


def _step_json(preview: RoutePreview, step: TraceStep) -> dict[str, Any]:
    evaluated = {one.route.id for one in preview.steps}
    later = sum(child.id not in evaluated for child in step.route.children)
    return {
        "route": step.route.id,
        "line": step.route.line,
        "depth": step.depth,
        "matchers": write_matchers(step.route.matchers),
        "receiver": step.route.receiver,
        "continue": step.route.continue_,
        "matched": step.matched,
        "chosen": step.chosen,
        "why_not": mismatch(step, preview.labels),
        "not_evaluated": later if step.matched else 0,
    }

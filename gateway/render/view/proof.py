"""A proof of the rotas for people and programs: sentences with times, and JSON values."""

from collections.abc import Sequence
from typing import Any

from gateway.core.plan.plan import Plan
from gateway.core.proof.findings import Finding, FindingKind, Proof, Share
from gateway.core.time.spans import Span, seconds
from gateway.core.time.timestamps import format_rfc3339
from gateway.render.view.times import clock_time, duration

MOST_SPANS = 1000
"""Times listed of one finding; `total_seconds` counts all. Eight weeks of hours are 1,344."""

_NO_SEVERITY = "an alert"


def proof_json(plan: Plan, proof: Proof) -> dict[str, Any]:
    """Return the proof as JSON values, each finding with its sentence."""
    return {
        "from": format_rfc3339(proof.start),
        "to": format_rfc3339(proof.end),
        "ok": proof.ok,
        "findings": [_finding_json(plan, proof, finding) for finding in proof.findings],
        "shares": _shares_json(plan, proof.shares),
        "shares_by_rota": {
            rota: _shares_json(plan, shares) for rota, shares in proof.shares_by_rota.items()
        },
    }


def finding_text(plan: Plan, proof: Proof, finding: Finding) -> str:
    """Return a finding in one sentence, with its first time in the rota's zone."""
    name = plan.name_of(finding.person)
    times = _times_text(plan, proof, finding)
    match finding.kind:
        case FindingKind.NOBODY_NOTIFIED:
            text = f'route {finding.route} (receiver "{finding.other}"): {_urgent(plan)} would '
            text += "reach nobody"
        case FindingKind.UNCOVERED:
            text = f"rota {finding.rota}: nobody is on call"
        case FindingKind.UNKNOWN:
            text = (
                f"rota {finding.rota}: its calendar is not known, so nobody can say who is on call"
            )
        case FindingKind.UNREACHABLE:
            text = f"rota {finding.rota}: {name} is on call, and no contact can reach {name}"
        case FindingKind.RULED_OUT:
            text = f"rota {finding.rota}: {name} is on call and away"
        case FindingKind.TWO_ROTAS:
            text = f"{name} is on call in {finding.rota} and {finding.other} at once"
        case FindingKind.HIDDEN_LAYER:
            text = f"rota {finding.rota}: layer {finding.other} never applies: later ones cover it"
        case FindingKind.ESCALATION_ENDS:
            text = f'escalation {finding.escalation} (receiver "{finding.other}"): its last step '
            text += "reaches nobody, and the fallback has no targets"
    return f"{text}{times}"


def _urgent(plan: Plan) -> str:
    names = [one.name for one in plan.severities.values() if plan.is_urgent(one.rank)]
    return f"an alert of severity {' or '.join(names)}" if names else _NO_SEVERITY


def _times_text(plan: Plan, proof: Proof, finding: Finding) -> str:
    if not finding.spans:
        return ""
    rota = plan.rotas.get(finding.rota)
    zone = rota.zone if rota else plan.business_hours.zone
    first = finding.spans[0]
    text = ", throughout" if first == (proof.start, proof.end) else ""
    if not text:
        start, end = (clock_time(at, zone, proof.start) for at in first)
        text = f" from {start} to {end} ({duration(first.end - first.start)})"
    more = len(finding.spans) - 1
    if more:
        again = f"{more} more time{'s' if more > 1 else ''}"
        text += f", and {again} ({duration(seconds(finding.spans))} in all)"
    return text


def _finding_json(plan: Plan, proof: Proof, finding: Finding) -> dict[str, Any]:
    return {
        "kind": finding.kind.value,
        "level": "error" if finding.is_error else "warning",
        "text": finding_text(plan, proof, finding),
        "rota": finding.rota or None,
        "route": finding.route or None,
        "escalation": finding.escalation or None,
        "person": _person_json(plan, finding.person) if finding.person else None,
        "spans": [_span_json(span) for span in finding.spans[:MOST_SPANS]],
        "total_seconds": seconds(finding.spans),
    }


def _span_json(span: Span) -> dict[str, str]:
    return {"from": format_rfc3339(span.start), "to": format_rfc3339(span.end)}


def _shares_json(plan: Plan, shares: Sequence[Share]) -> list[dict[str, Any]]:
    return [
        {
            "person": _person_json(plan, share.person),
            "seconds": share.total,
            "night_seconds": share.nights,
            "weekend_seconds": share.weekends,
            "holiday_seconds": share.holidays,
            "shifts": share.shifts,
        }
        for share in shares
    ]


def _person_json(plan: Plan, person: str) -> dict[str, str]:
    return {"id": person, "name": plan.name_of(person)}

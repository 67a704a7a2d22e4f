"""Digests: when many lesser notices wait for one target, they fold into one message (promise 9).

Notices of urgent severities never fold, nor do those to a target that keeps incidents of its own.
A folded notice stays in the outbox, marked with its digest.
"""

from typing import Any

import orjson

from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.incidents.outbox import NewRow, Notice
from gateway.core.plan.plan import Plan
from gateway.store import Tx, outbox

DIGEST_THRESHOLD = 12
"""Waiting notices of one target from which on they fold. Slack takes about one a second."""

LINKED_LINES = 20
"""The worst incidents of a digest that have links to read. Higher: longer and larger facts."""

_ABOUT = (
    *("route", "route_labels", "common_labels", "common_annotations"),
    *("team", "severity", "since"),
)
"""Facts of an incident that its links are made of."""

MAX_FOLDED = 500
"""Notices in one digest, which bounds the size of its facts."""


def fold_digests(tx: Tx, account_key: str, plan: Plan, now: float) -> int:
    """Fold the lesser notices of targets where many wait; return how many were folded."""
    folded = 0
    urgent_to = plan.urgent_rank
    for target_key in outbox.targets_to_digest(tx, account_key, now, urgent_to, DIGEST_THRESHOLD):
        waiting = outbox.notices_to_digest(tx, account_key, target_key, urgent_to, now, MAX_FOLDED)
        if len(waiting) < DIGEST_THRESHOLD:
            continue
        facts = orjson.dumps(digest_facts(waiting, now))
        row = NewRow(
            None,
            waiting[0].target,
            NoticeKind.DIGEST,
            NotifyReason.DIGEST,
            min(notice.rank for notice in waiting),
            facts=0,
            quiet=False,
        )
        (digest,) = outbox.add(tx, [row], [facts], now).ids
        outbox.fold(tx, [notice.id for notice in waiting], digest, knows_firing=True)
        folded += len(waiting)
    return folded


def digest_facts(waiting: list[Notice], now: float) -> dict[str, Any]:
    """Return facts with the latest notice of each incident as one line, the worst first."""
    lines: dict[int | None, dict[str, Any]] = {}
    for notice in sorted(waiting, key=lambda one: one.id):
        facts = orjson.loads(notice.facts)
        lines[notice.incident] = {
            "incident": notice.incident,
            "title": facts.get("title", ""),
            "severity": facts.get("severity", ""),
            "rank": notice.rank,
            "status": facts.get("status", ""),
            "kind": notice.kind.value,
            "reason": notice.reason.value,
            "firing": facts.get("firing", 0),
            "about": {name: facts[name] for name in _ABOUT if name in facts},
        }
    ordered = sorted(lines.values(), key=lambda line: (line["rank"], line["incident"] or 0))
    for line in ordered[LINKED_LINES:]:
        del line["about"]
    worst = ordered[0]
    return {
        "incident": None,
        "status": "firing" if any(line["status"] == "firing" for line in ordered) else "resolved",
        "severity": worst["severity"],
        "rank": worst["rank"],
        "title": f"{len(ordered)} incidents",
        "digest": ordered,
        "alerts": [],
        "firing": sum(line["firing"] for line in ordered),
        "resolved": 0,
        "more": 0,
        "opened_at": now,
        "since": now,
        "at": now,
    }

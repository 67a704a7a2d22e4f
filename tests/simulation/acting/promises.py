"""What holds at the end of a day of people who act."""

import re
from collections import defaultdict

from gateway.core.incidents.notice import FIRING_KINDS
from tests.simulation.acting.day import ActingDay
from tests.simulation.promises import RESOLVED_KINDS, everything_has_a_reason, sent_once

PAGERDUTY = "pagerduty:"
_TAG = re.compile(r"<[^>]*>")
FIRING = {kind.value for kind in FIRING_KINDS}


async def broken_promises_of_actions(day: ActingDay) -> list[str]:
    """Return a sentence for each broken promise."""
    return [
        *dict.fromkeys(day.problems),
        *sent_once(day),
        *await ends_follow(day),
        *await everything_has_a_reason(day),
        *await one_state(day),
    ]


async def ends_follow(day: ActingDay) -> list[str]:
    """Promise 14: everyone who was notified of a firing is notified of the end after it.

    The end of a merged incident is that of the one it was merged into. An incident that was
    resolved manually and opened again ends once more, also for a target that was down meanwhile.
    """
    into = {one.number: one.responses.merged_into for one in await day.all_incidents()}
    dead = {(one.incident, one.target.key) for one in await day.world.dead()}
    kinds: dict[tuple[int, str], list[str]] = defaultdict(list)
    own: dict[tuple[int, str], list[tuple[str, str]]] = defaultdict(list)  # ends after a firing
    for one in day.world.delivered:
        if not one.incident:
            continue  # a digest
        kinds[one.incident, one.to].append(one.kind)
        if one.kind in FIRING:
            own[one.incident, one.to].clear()
        elif one.kind in RESOLVED_KINDS:
            own[one.incident, one.to].append((one.kind, one.reason))
    problems = []
    for (number, to), sent in kinds.items():
        root = number
        while into.get(root) is not None:
            root = int(into[root] or root)
        if (number, to) in dead or (root, to) in dead or not set(sent) & FIRING:
            continue
        if to.startswith(PAGERDUTY) and {number, root} & day.resolved_there:
            continue
        ends = [kind for kind in kinds.get((root, to), ()) if kind in RESOLVED_KINDS]
        ends += [kind for kind, reason in own[number, to] if reason != "merged"]
        last = max(position for position, kind in enumerate(sent) if kind in FIRING)
        after = [kind for kind in sent[last:] if kind in RESOLVED_KINDS]
        if (root != number and not ends) or (root == number and not after):
            problems.append(f"#{number} {to}: {sent}, and of #{root}: {ends}")
    return problems


async def one_state(day: ActingDay) -> list[str]:
    """The store, the API, the pages and the last messages of Slack and PagerDuty agree."""
    problems: list[str] = []
    stored = await day.all_incidents()
    for engine in day.world.replicas:
        client = await day.world.client(engine)
        for one in stored:
            answer = await client.get(f"/api/v1/incidents/{one.number}")
            state = (await answer.json())["state"]
            page = await (await client.get(f"/incidents/{one.number}")).text()
            text = " ".join(_TAG.sub(" ", page.partition("<body")[2]).split())
            if state != one.state.value or one.state.value not in text[:400].lower():
                problems.append(
                    f"#{one.number} is {one.state.value}, API {state}, page {text[:99]}"
                )
    dead = {(one.incident, one.target.key) for one in await day.world.dead()}
    states = {one.number: one.state.value for one in stored}
    last = {(one.incident, one.to): one for one in day.world.delivered if one.incident}
    for (number, to), message in last.items():
        status = message.message.facts["status"]
        shown_state = "resolved" if message.kind in RESOLVED_KINDS else status
        if to.startswith(PAGERDUTY) and number in day.resolved_there:
            continue
        is_shown = to.startswith(("slack:#", PAGERDUTY)) and (number, to) not in dead
        if is_shown and shown_state != states[number]:
            problems.append(f"#{number} is {states[number]}, {to} shows {shown_state}")
    return problems

"""The preview of `gateway route` as text, made from its JSON: the gateway's, or the file's."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.cli.support.output import echo, paint, plural, rank_colour
from gateway.core.matching.text import write_labels
from gateway.core.plan.intervals import OPTIONS, RESPOND_WITHIN
from gateway.core.plan.plan import UNKNOWN_RANK
from gateway.core.routing.mutes import MuteKind
from gateway.core.time.timestamps import format_duration, parse_rfc3339
from gateway.render.view.times import clock_time

_NAME_WIDTH = 16
"""Columns of the field names before the values."""

Json = Mapping[str, Any]


def print_preview(preview: Json, file: str) -> None:
    """Print the alert, each receiver, inhibitions, and the path through the routing tree.

    `file` is what routes.yaml is called before its line numbers.
    """
    print_subject(preview, file)
    for match in preview["routes"]:
        echo()
        print_match(preview, match, file)
    print_rules(preview)
    echo()
    echo(paint("path through the routing tree", bold=True))
    _print_trace(preview, file)


def print_subject(preview: Json, file: str) -> None:
    """Print the labels, the severity, when it fires, and the team."""
    severity = preview["severity"]
    known = severity["rank"] is not None
    echo(paint(write_labels(preview["labels"]), bold=True))
    if known:
        text = f"severity {severity['name']}"
    elif preview["declares"]["severities"]:
        text = "no known severity"
    else:
        text = f"{file.rpartition('/')[2]} declares no severities"
    text = paint(text, rank_colour(severity["rank"] if known else UNKNOWN_RANK))
    text += f", firing from {_clock(preview, preview['at'])}"
    if preview["declares"]["teams"]:
        text += f", team {preview['team']}" if preview["team"] else ", no team"
    echo(text)


def print_rules(preview: Json) -> None:
    """Print the inhibit rules that may have to do with it."""
    for title, key, side in (
        ("inhibited while one of these fires", "may_be_inhibited_by", "source_matchers"),
        ("while it fires, it inhibits", "inhibits", "target_matchers"),
    ):
        for rule in preview[key]:
            names = ", ".join(map(_equal_label, rule["equal"]))
            echo()
            echo(f"{title}: {rule[side]}" + (f" with the same {names}" if names else ""))


def print_match(preview: Json, match: Json, file: str) -> None:
    """Print one selected route: its receiver, group, intervals, targets and steps."""
    position = f"{file}:{match['line']}" if match["line"] else file
    echo(f"receiver {paint(match['receiver'], 'cyan', bold=True)}   ({position})")
    origins = match["origins"]
    _print_field("group", f"{write_labels(match['group_labels'])}   ({origins['group_by']})")
    for option in OPTIONS:
        _print_field(option, f"{format_duration(match[option])}   ({origins[option]})")
    if match["repeats_every"] != match["repeat_interval"]:
        every = format_duration(match["repeats_every"])
        _print_field("", f"repeats come every {every}, {match['repeats']}")
    _print_respond_within(preview, match)
    if match["labels"]:
        _print_field("adds labels", write_labels(match["labels"]))
    if match["title"] or match["title_omitted_because"]:
        reason = f"left out: {match['title_omitted_because']}"
        _print_field("title", match["title"] or paint(reason, "yellow"))
    if preview["declares"]["runbooks"]:
        none = paint("none by the alert's name; its annotation runbook_url may name one", "yellow")
        _print_field("runbook", match["runbook"] or none)
    _print_links(match["links"])
    _print_field("muted", _muted(preview, match))
    _print_targets(match["targets"])
    for choice in match["declared_targets"]:
        text = f"{choice['why']}: {choice['target']['name']} is notified instead"
        _print_field("by label", paint(text, "yellow"))
    _print_escalation(preview, match)
    if match["targets"] or match["steps"]:
        _print_field("if not reached", f"receiver {match['fallback']}")
    expiry = format_duration(preview["severity"]["ack_expires"])
    _print_field("acknowledged", f"for {expiry} at most, then it counts as unacknowledged again")
    if preview["flapping"]:
        _print_field("flapping", _flapping(preview["flapping"], urgent=preview["urgent"]))


def _print_links(links: Sequence[Json]) -> None:
    for index, link in enumerate(links):
        text = link["url"] or paint(f"left out: {link['omitted_because']}", "yellow")
        _print_field("" if index else "links", f"{link['title']}: {text}")


def _print_respond_within(preview: Json, match: Json) -> None:
    within = match["respond_within"]
    if match["respond_by"] is None or within is None:
        return
    text = within if isinstance(within, str) else format_duration(within)
    until = _clock(preview, match["respond_by"])
    source = match["origins"][RESPOND_WITHIN]
    _print_field(RESPOND_WITHIN, f"{text}: acknowledge by {until}   ({source})")


def _print_escalation(preview: Json, match: Json) -> None:
    for step in match["steps"]:
        name = "escalation" if step["step"] == 1 else ""
        text = f"{step['step']}. after {format_duration(step['after'])}: "
        if step["skipped"]:
            _print_field(name, f"{text}skipped: {step['skipped']}")
            continue
        text += "one of, by round robin: " if step["round_robin"] else ""
        recipients = [target["recipient"] for target in step["direct"]]
        recipients += [_contact(preview, step, contact) for contact in step["contacts"]]
        text += "; ".join(recipients) or "nobody"
        for sentence in step["missing"]:
            text += paint(f" [{sentence}]", "red")
        _print_field(name, text)
    if match["steps_begin_again_at"] is not None:
        repeat = match["repeat"]
        times = "once" if repeat == 1 else f"{repeat} times"
        after = format_duration(match["steps_begin_again_after"])
        _print_field("", f"then again from step 1, {times}, first after {after}")
    if match["steps"] and match["muted"]:
        _print_field("", "(no step is taken while it is muted)")


def _contact(preview: Json, step: Json, contact: Json) -> str:
    """Return a person's contact, and when it is notified if not with the step."""
    text = f"{contact['name']} by {contact['contact']} ({contact['address']})"
    if not contact["usable"]:
        return f"{text}, skipped: {contact['why_unusable']}"
    if contact["quiet_hours"]:
        at = _clock(preview, contact["at"], reference=step["at"])
        return f"{text} at {at}, after their quiet hours"
    return f"{text} after {format_duration(contact['delay'])} more" if contact["delay"] else text


def _muted(preview: Json, match: Json) -> str:
    changes_at = match["mute_changes_at"]
    change = None if changes_at is None else _clock(preview, changes_at)
    mute = match["mute"]
    if mute is None:
        return "no" if change is None else f"no, but from {change}"
    preposition = "by" if mute["kind"] == MuteKind.MUTED else "outside of"
    why = f"{preposition} {mute['names']}"
    return paint(f"yes, {why}", "yellow") + (f", until {change}" if change else ", for good")


def _flapping(flapping: Json, *, urgent: bool) -> str:
    within, every = format_duration(flapping["within"]), format_duration(flapping["every"])
    calm = format_duration(flapping["calm_after"])
    # Urgent alerts are never suppressed by flapping; only their resolve waits.
    often = "at once" if urgent else f"every {every}"
    return (
        f"after {flapping['times']} times within {within}: notified {often}, resolved after "
        f"{calm} of calm"
    )


def _print_targets(targets: Sequence[Json]) -> None:
    if not targets:
        _print_field("notifies", "nobody (the receiver has no targets)")
    for index, target in enumerate(targets):
        note = "" if target["send_resolved"] else " (not when resolved)"
        _print_field("" if index else "notifies", target["recipient"] + note)
        for header, text in target["headers"].items():
            _print_field("", f"  header {header}: {text}")


def _print_field(name: str, text: str) -> None:
    echo(f"  {name:<{_NAME_WIDTH}} {text}")


def _print_trace(preview: Json, file: str) -> None:
    """Print each evaluated route as a tree, and how many were not evaluated."""
    above: list[Json] = []  # the step's parents, outermost first
    for step in preview["trace"]:
        while above and above[-1]["depth"] >= step["depth"]:
            _print_not_evaluated(above.pop())
        position = f"   ({file}:{step['line']})" if step["line"] else ""
        indent = "  " * step["depth"]
        echo(f"{indent}{_mark(step)} {step['matchers']}  {_why(step)}{position}")
        above.append(step)
    for step in reversed(above):
        _print_not_evaluated(step)


def _print_not_evaluated(step: Json) -> None:
    if step["not_evaluated"]:
        later = plural(step["not_evaluated"], "later route")
        indent = "  " * step["depth"]
        echo(f"{indent}  · {later} not evaluated: an earlier one matched")


def _mark(step: Json) -> str:
    if step["chosen"]:
        return paint("→", "green", bold=True)
    return paint("✓", "green") if step["matched"] else paint("✗", "red")


def _why(step: Json) -> str:
    if step["chosen"]:
        return paint(f"selected: receiver {step['receiver']}", "green")
    if step["matched"]:
        return "matches, and a route below it is selected"
    return step["why_not"] or ""


def _equal_label(one: str | Json) -> str:
    return one if isinstance(one, str) else f"{one['source']} = {one['target']}"


def _clock(preview: Json, instant: str, *, reference: str | None = None) -> str:
    at = parse_rfc3339(reference or preview["at"])
    return clock_time(parse_rfc3339(instant), preview["timezone"], at)

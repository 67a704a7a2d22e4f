"""Personal notification rules and quiet hours, built from the parsed file."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from gateway.config.build.names import DeclaredNames
from gateway.config.grammar.parsed import ParsedSection
from gateway.config.source.problem import Findings, shorten
from gateway.core.plan.person import Contact, PersonalRule, PersonalRules
from gateway.core.time.quiet_hours import QuietHours
from gateway.core.time.timestamps import format_duration


class Rules(NamedTuple):
    """The rules of a person; None where the file has none."""

    urgent: PersonalRules | None = None
    other: PersonalRules | None = None


def personal_rules(
    person: str,
    entry: ParsedSection | None,
    contacts: Mapping[str, Contact],
    usable: Collection[str],
    findings: Findings,
) -> Rules:
    """Return the rules in the order of their times; note what is wrong with them.

    `usable` are the names of the contacts whose account exists.
    """
    if entry is None:
        return Rules()
    names = DeclaredNames("contact", f"people: {person}", contacts)
    lists = {key: _rules(key, entry, names, usable, findings) for key in ("urgent", "other")}
    if not entry.fields and entry.valid:
        findings.warn(entry.position, "notify: has neither urgent: nor other:, so it does nothing")
    return Rules(**lists)


def _rules(
    key: str,
    entry: ParsedSection,
    names: DeclaredNames,
    usable: Collection[str],
    findings: Findings,
) -> PersonalRules | None:
    if key not in entry:
        return None
    rules: dict[str, PersonalRule] = {}
    valid = True
    for item in entry.list_of(key):
        rule: ParsedSection = item.value
        if "by" not in rule or not names.check(rule.fields["by"], findings):
            valid = False
            continue
        by = rule.get("by")
        if by in rules:
            message = f'by: "{shorten(by)}" is in this list twice; only the first one is used'
            findings.warn(rule.position_of("by"), message)
        rules.setdefault(by, PersonalRule(by, rule.get("after", 0.0)))
    in_order = tuple(sorted(rules.values(), key=lambda rule: rule.after))
    if valid and entry.valid:
        _warn_late(key, entry, in_order, usable, findings)
    return in_order


def _warn_late(
    key: str,
    entry: ParsedSection,
    rules: PersonalRules,
    usable: Collection[str],
    findings: Findings,
) -> None:
    """Warn of a list that is empty, or that notifies nobody at once."""
    position = entry.position_of(key)
    if not rules:
        if key == "urgent":
            message = "urgent: is empty, so this person is notified of nothing urgent"
            findings.warn(position, f"{message}; add a rule such as {{by: slack}}")
        return
    first = next((rule for rule in rules if rule.by in usable), None)
    if first is None:
        message = f"{key}: no contact in it has an account, so nobody is notified"
        findings.warn(position, message)
    elif first.after:
        message = (
            f"{key}: nobody is notified in the first {format_duration(first.after)}; give one "
            "contact no `after`"
        )
        findings.warn(position, message)


def quiet_hours(entry: ParsedSection | None, zone: str, findings: Findings) -> QuietHours | None:
    """Return the quiet hours; None without any."""
    if entry is None or not entry.valid:
        return None
    hours = QuietHours(zone, entry.get("from"), entry.get("to"))
    if hours.start == hours.end:
        message = (
            f"quiet_hours: from {hours.start:%H:%M} to {hours.end:%H:%M} is no time at all, so "
            "nothing waits; write two different times"
        )
        findings.warn(entry.position_of("to"), message)
        return None
    return hours

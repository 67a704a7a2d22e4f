"""Lint warnings about accounts of channels."""

from gateway.config.grammar.parsed import ParsedSection
from gateway.config.source.problem import Findings, shorten
from gateway.core.plan.plan import Plan


def warn_unused_accounts(file: ParsedSection, plan: Plan, findings: Findings) -> None:
    """Warn of accounts with names of their own that no target and no contact uses.

    Such a name must be written at each target, which is easily forgotten.
    """
    used = {target.account for one in plan.receivers.values() for target in one.targets}
    used |= {one.account for person in plan.people.values() for one in person.contacts.values()}
    section: ParsedSection | None = file.get("channels")
    for name, item in section.fields.items() if section is not None else ():
        if "type" in item.value and name not in used:
            message = (
                f'account "{shorten(name)}" is used by no target and no contact: write '
                f"account: {shorten(name)} where it is meant"
            )
            findings.warn(item.position, message, text=name)

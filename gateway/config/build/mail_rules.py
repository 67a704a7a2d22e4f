"""Rules of e-mail sources, built from the parsed file."""

from gateway.config.grammar.parsed import ParsedSection
from gateway.core.plan.mail_rules import MailRule, MailStatus


def mail_rules(entry: ParsedSection) -> tuple[MailRule, ...]:
    """Return the rules of a source; without any, every mail is an alert."""
    return tuple(_rule(item.value) for item in entry.list_of("rules"))


def _rule(entry: ParsedSection) -> MailRule:
    return MailRule(
        to=entry.get("to", "").casefold(),
        sender=entry.get("from", "").casefold(),
        subject=entry.get("subject"),
        body=entry.get("body"),
        status=MailStatus(entry.get("status", MailStatus.FIRING)),
        labels={name: item.value for name, item in entry.map_of("labels").items()},
    )

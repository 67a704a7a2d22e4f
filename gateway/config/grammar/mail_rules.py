"""The grammar of the rules of e-mail sources."""

from gateway.config.grammar.field_types import Choice, Text
from gateway.config.grammar.lists import ListOf, MapOf
from gateway.config.grammar.sections import Field, Section
from gateway.config.grammar.values import ANY_TEXT, EMAIL, is_email
from gateway.core.matching.search_pattern import SearchPattern
from gateway.core.plan.mail_rules import MailStatus


def _sender(text: str) -> str:
    if not is_email(text.removeprefix("@") if text[:1] != "@" else f"a{text}"):
        raise ValueError(f'"{text}" is neither an address nor a domain such as @example.com')
    return text


_SENDER = Text("e-mail address, or a domain such as @example.com", _sender, "@")
_SEARCHED = Text("pattern", SearchPattern)

MAIL_RULE = Section(
    "rule for mails",
    "Which mails it applies to, and what they say of an alert. All of its conditions must hold.",
    (
        Field("to", EMAIL, "A recipient of the mail.", "any", "backups@alerts.example.com"),
        Field(
            "from",
            _SENDER,
            "The sender, or its domain. Anyone can write any sender: it is no proof.",
            "any",
            '"@backup.example.com"',
        ),
        Field(
            "subject",
            _SEARCHED,
            "A pattern (RE2) that is searched in the subject. Its named groups become labels.",
            "any",
            "'Backup of (?P<host>\\S+) failed'",
        ),
        Field(
            "body",
            _SEARCHED,
            "A pattern that is searched in the text of the mail, in its first 20,000 characters.",
            "any",
            "'exit status [1-9]'",
        ),
        Field(
            "status",
            Choice(tuple(MailStatus)),
            "firing: the alert begins. resolved: the alert with the same labels ends. ignored: "
            "nothing follows.",
            "firing",
            "resolved",
        ),
        Field(
            "labels",
            MapOf("label", ANY_TEXT),
            "Labels of the alert. Those of the mail that ends it must be the same.",
            "{alertname: MailAlert}",
            "{alertname: BackupFailed}",
        ),
    ),
)

MAIL_RULES = ListOf(MAIL_RULE)

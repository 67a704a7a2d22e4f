"""Mails as alerts, as Postmark posts them: rules of the source say which begin and end which.

Everything authentic is answered 200, because Postmark repeats a post ten times after any other
answer. What is not an alert has a note in the answer that says why.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from gateway.channels.email.reply_text import plain_text
from gateway.core.alerts.reported_alert import ReportedAlert
from gateway.core.incidents.inbound_mail import InboundMail, why_no_alert
from gateway.core.plan.mail_rules import MailRule, MailStatus
from gateway.core.text.escape import escape_invisible, one_line
from gateway.web.callbacks.fields import MalformedEventError, optional_text
from gateway.web.callbacks.inbound import parse_mail
from gateway.web.ingest.sources import fields
from gateway.web.ingest.sources.body import read_json
from gateway.web.ingest.sources.parsed import BadAlert, BodyError, Parsed, Post

ALERTNAME = "MailAlert"
SEVERITY = "warning"
ADDRESS = "address"
"""The label with the address that the mail was sent to, which the rule names or Postmark."""

LONGEST_TEXT = 2000
"""Characters of a mail that its alert carries."""

MOST_RECIPIENTS = 20

_EVERY_MAIL = (MailRule(),)


def parse(post: Post) -> Parsed:
    """Parse one mail. Raise BodyError."""
    content, _ = read_json(post.body)
    try:
        mail = parse_mail(content)
    except MalformedEventError as error:
        fault = BadAlert(None, "", str(error))
        raise BodyError(422, f"it is no mail of Postmark: {error}", [fault]) from None
    parsed = Parsed(ignored=why_no_alert(mail))
    if not parsed.ignored:
        _read(mail, content, post, parsed)
    return parsed


def _read(mail: InboundMail, content: Mapping[str, Any], post: Post, parsed: Parsed) -> None:
    """Add the alert of a mail, or note why there is none."""
    text = escape_invisible(plain_text(mail.text, mail.html))
    subject = one_line(mail.subject, 300)
    recipients = list(dict.fromkeys(_recipients(content)))
    for rule in post.source.mail_rules or _EVERY_MAIL:
        labels = rule.labels_of(recipients, mail.sender, subject, text)
        if labels is None:
            continue
        if rule.status is MailStatus.IGNORED:
            parsed.ignored = "a rule of the source ignores it"
            return
        address = rule.to or (recipients[0].casefold() if recipients else "")
        reported = {
            "labels": {
                "alertname": ALERTNAME,
                post.source.severity_label: SEVERITY,
                ADDRESS: one_line(address, 200),
                **post.source.labels,
                **{name: one_line(value, 200) for name, value in labels.items()},
            },
            "annotations": {
                "summary": subject or "a mail without a subject",
                "description": text[:LONGEST_TEXT],
                "from": one_line(mail.sender, 200),
            },
        }
        _add(reported, post, parsed, ended=rule.status is MailStatus.RESOLVED)
        return
    parsed.ignored = "no rule of the source applies to it"


def _add(reported: dict[str, Any], post: Post, parsed: Parsed, *, ended: bool) -> None:
    reported["labels"] = {name: value for name, value in reported["labels"].items() if value}
    try:
        alert = fields.read(reported, 0, parsed.repaired, foreign=True)
    except fields.FieldError as error:
        parsed.bad.append(BadAlert(0, error.field, error.message))
        return
    ends_at = post.now if ended else None
    parsed.alerts.append(ReportedAlert(alert.labels, alert.annotations, None, ends_at))


def _recipients(content: Mapping[str, Any]) -> Iterator[str]:
    """Yield the addresses that the mail was sent to; that of the envelope first."""
    original = optional_text(content, "OriginalRecipient")
    if original:
        yield original
    for key in ("ToFull", "CcFull", "BccFull"):
        several = content.get(key)
        for one in several[:MOST_RECIPIENTS] if isinstance(several, list) else ():
            if isinstance(one, dict) and (address := optional_text(one, "Email")):
                yield address

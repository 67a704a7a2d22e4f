"""An e-mail as Postmark's fields. Pure.

Limits (Postmark developer docs, "Email API"): TextBody and HtmlBody 5 MB each, a message 10 MB, 50
recipients.
"""

from typing import Any

from gateway.channels.email.mail import Mail
from gateway.core.incidents.message import Message

DEFAULT_STREAM = "outbound"


def mail_fields(mail: Mail, message: Message, sender: str, stream: str) -> dict[str, Any]:
    """Return the arguments of postmarker's send."""
    return {
        "From": sender,
        "To": mail.to,
        "Cc": ",".join(mail.copies) or None,
        "Subject": mail.subject,
        "TextBody": mail.text,
        "HtmlBody": mail.html or None,
        "ReplyTo": mail.reply_to,
        "MessageStream": stream,
        "Metadata": {"incident": str(message.incident), "notice": str(message.notice_id)},
        # Otherwise Postmark replaces our Message-ID.
        "Headers": {"X-PM-KeepID": "true", **mail.headers},
        # Click tracking would lead the acknowledge link through another host.
        "TrackOpens": False,
        "TrackLinks": "None",
    }

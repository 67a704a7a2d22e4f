"""Failures of handing a mail to an SMTP server."""

import ssl
from collections.abc import Iterable

import aiosmtplib

from gateway.channels.email.smtp.replies import Step, failure_by_reply, scope_of
from gateway.channels.support.http_errors import vendor_text
from gateway.core.incidents.retry import Failure, SendError
from gateway.core.plan.accounts import Secret


def failure_of(error: BaseException, step: Step, secrets: Iterable[Secret]) -> SendError:
    """Return the failure that an exception at a step stands for.

    Only after the mail itself was sent can it have been accepted without our knowledge.
    """
    if isinstance(error, SendError):
        return error
    cause = _cause(error)
    if isinstance(cause, aiosmtplib.SMTPResponseException):
        return reply_failure(step, cause.code, cause.message, secrets)
    perhaps = step is Step.DATA
    what = type(cause).__name__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return SendError(Failure.CONNECTION, "cannot connect (the certificate is not trusted)")
    if isinstance(cause, ssl.SSLError):
        return SendError(Failure.CONNECTION, f"TLS failed ({what}): is `tls` right for the port?")
    if step is Step.CONNECT:
        late = isinstance(cause, TimeoutError)
        text = "cannot connect in time" if late else f"cannot connect ({what})"
        return SendError(Failure.CONNECTION, text)
    if isinstance(cause, TimeoutError):
        return SendError(Failure.TIMEOUT, f"no answer in time to {step.value}", perhaps=perhaps)
    if isinstance(cause, OSError | aiosmtplib.SMTPException):
        text = f"the connection broke at {step.value} ({what})"
        return SendError(Failure.CONNECTION, text, perhaps=perhaps)
    return SendError(Failure.INTERNAL, f"sending failed with {what}", perhaps=perhaps)


def reply_failure(step: Step, code: int, text: str, secrets: Iterable[Secret]) -> SendError:
    """Return the failure of a reply that refuses a step."""
    failure = failure_by_reply(step, code, text)
    detail = f"the SMTP server refuses {step.value}: {code} {vendor_text(text, secrets)}"
    if failure is Failure.BAD_ANSWER:
        detail = f"the server does not speak SMTP at {step.value}"
    perhaps = failure is Failure.BAD_ANSWER and step is Step.DATA
    return SendError(failure, detail.rstrip(), perhaps=perhaps, scope=scope_of(step))


def _cause(error: BaseException) -> BaseException:
    """Return what aiosmtplib wraps into its own errors of connecting."""
    wrapped = error.__cause__
    if isinstance(error, aiosmtplib.SMTPConnectError) and isinstance(wrapped, OSError):
        return wrapped
    return error

"""Each error that the vendors document has a class, and the class decides what follows (E50)."""

from collections.abc import Callable

import pytest

from gateway.channels.contract import Channel
from gateway.channels.email.mail import MailOptions
from gateway.channels.email.postmark import codes as email_codes
from gateway.channels.email.postmark.channel import PostmarkEmail
from gateway.channels.pagerduty.channel import PagerDuty
from gateway.channels.slack import codes as slack_codes
from gateway.channels.slack.channel import Slack
from gateway.channels.sms.channel import Sms, SmsOptions
from gateway.channels.support import http_errors
from gateway.channels.twilio import codes as twilio_codes
from gateway.channels.twilio.client import Credentials
from gateway.channels.webhook.channel import Webhook
from gateway.core.incidents.retry import PERMANENT, Failure, SendError, after_failure
from gateway.core.plan.accounts import Secret
from gateway.core.plan.plan import Target
from tests.channels.messages import message
from tests.fakes import (
    Behaviour,
    Fake,
    FakePagerDuty,
    FakePostmark,
    FakeSlack,
    FakeTwilio,
    FakeWebhook,
)

POSTMARK = sorted({*email_codes.CODES, *email_codes.OTHER_API_CODES, 300})
SLACK = sorted(set(slack_codes.CODES) - slack_codes.MESSAGE_GONE - slack_codes.THREAD_GONE)
STATUSES = sorted(
    {*http_errors.BY_STATUS, 409, 418, 421, 423, 424, 426, 428, 429, 499, *(500, 503)}
)


def postmark(fake: Fake) -> Channel:
    options = MailOptions(sender="alerts@example.com")
    return PostmarkEmail(Secret("test-postmark-token"), options, api_url=f"{fake.url}/")


def slack(fake: Fake) -> Channel:
    return Slack(Secret("xoxb-test-token"), api_url=f"{fake.url}/api/")


def sms(fake: Fake) -> Channel:
    credentials = Credentials("AC" + 32 * "0", Secret("test-twilio-token"))
    return Sms(credentials, SmsOptions("+4930123456"), api_url=fake.url)


def pagerduty(fake: Fake) -> Channel:
    return PagerDuty({"${KEY}": Secret("k" * 32)}, api_url=fake.url)


def webhook(fake: Fake) -> Channel:
    return Webhook({"${URL}": Secret(f"{fake.url}/hook")})


async def errors_of(
    fake: Fake, make: Callable[[Fake], Channel], target: Target, answers_: list[Behaviour]
) -> list[SendError]:
    """What the channel makes of each answer; every send is one request."""
    await fake.start()
    channel = make(fake)
    errors = []
    try:
        for behaviour in answers_:
            fake.script(behaviour)
            with pytest.raises(SendError) as caught:
                await channel.send(message(), target, None)
            errors.append(caught.value)
    finally:
        await channel.close()
        await fake.stop()
    assert len(fake.received) == len(answers_)
    return errors


def given_up(error: SendError) -> bool:
    """Whether the first attempt is the last."""
    verdict = after_failure(error, attempts=1, first_attempt_at=0.0, now=0.0, jitter=0.5)
    return verdict.next_attempt_at is None


async def test_each_code_of_postmark_has_its_class() -> None:
    """E50: code by code, as Postmark answers: 422 with an ErrorCode."""
    behaviours = [
        Behaviour(status=422, json={"ErrorCode": code, "Message": "no"}) for code in POSTMARK
    ]
    errors = await errors_of(
        FakePostmark(), postmark, Target("email", "ana@example.com"), behaviours
    )
    for code, error in zip(POSTMARK, errors, strict=True):
        assert error.failure is email_codes.failure_by_code(code, "no"), code
        assert given_up(error) == (code == 406), code


@pytest.mark.parametrize(
    ("text", "failure"),
    [
        ("Invalid 'From' address: 'alerts@'.", Failure.MISCONFIGURED),
        ("Error parsing 'From': Illegal email domain", Failure.MISCONFIGURED),
        ("Error parsing 'ReplyTo': Illegal email address", Failure.MISCONFIGURED),
        ("Error parsing 'To': Illegal email address 'x y@example.com'.", Failure.BAD_RECIPIENT),
        ("Invalid 'To' address: 'ana@'.", Failure.BAD_RECIPIENT),
        ("Zero recipients specified", Failure.BAD_RECIPIENT),
        ("Provide either email TextBody or HtmlBody or both.", Failure.BAD_CONTENT),
        ("The 'Subject' is too long.", Failure.BAD_CONTENT),
    ],
)
def test_postmarks_300_is_judged_by_its_text(text: str, failure: Failure) -> None:
    """E50: a bad sender, which an admin can fix, does not count as a bad recipient."""
    assert email_codes.failure_by_code(300, text) is failure


async def test_each_code_of_twilio_has_its_class() -> None:
    """E50: code by code, as Twilio answers: 400 with a code."""
    codes = sorted(twilio_codes.CODES)
    behaviours = [
        Behaviour(status=400, json={"code": int(code), "message": "no", "status": 400})
        for code in codes
    ]
    errors = await errors_of(FakeTwilio(), sms, Target("sms", "+4915112345678"), behaviours)
    for code, error in zip(codes, errors, strict=True):
        assert error.failure is twilio_codes.CODES[code], code
        assert code in error.detail
        assert given_up(error) == (error.failure is Failure.BAD_RECIPIENT), code
    assert twilio_codes.HINTS.keys() <= twilio_codes.CODES.keys()


async def test_each_error_of_slack_has_its_class() -> None:
    """E50: string by string, as Slack answers: 200 with ok false."""
    behaviours = [Behaviour(status=200, json={"ok": False, "error": code}) for code in SLACK]
    errors = await errors_of(FakeSlack(), slack, Target("slack", "#billing"), behaviours)
    for code, error in zip(SLACK, errors, strict=True):
        assert error.failure is slack_codes.CODES[code], code
        assert code in error.detail
        assert error.perhaps == (code in slack_codes.POSSIBLY_ACCEPTED)
        assert not given_up(error), "an admin mends it, or it is sent as plain text"


@pytest.mark.parametrize("error", sorted(slack_codes.MESSAGE_GONE | slack_codes.THREAD_GONE))
async def test_slack_message_that_cannot_be_edited_is_posted_again(error: str) -> None:
    """E12: it was deleted, locked, or its window for edits is over."""
    fake = FakeSlack()
    await fake.start()
    channel = slack(fake)
    receipt = await channel.send(message(), Target("slack", "#billing"), None)
    fake.script(Behaviour(status=200, json={"ok": False, "error": error}))
    again = await channel.send(message(), Target("slack", "#billing"), receipt)
    await channel.close()
    await fake.stop()
    assert again["ts"] != receipt["ts"]
    assert len(fake.posted("#billing")) == 2


async def test_each_status_of_pagerduty_and_webhooks_has_its_class() -> None:
    """E50: status by status; an unknown one is never given up at once."""
    behaviours = [
        Behaviour(status=status, body="no", content_type="text/plain") for status in STATUSES
    ]
    vendors: list[tuple[Fake, Callable[[Fake], Channel], Target]] = [
        (FakePagerDuty(), pagerduty, Target("pagerduty", "${KEY}")),
        (FakeWebhook(), webhook, Target("webhook", "${URL}")),
    ]
    expected = {**http_errors.BY_STATUS, 429: Failure.RATE_LIMITED}
    expected |= dict.fromkeys((500, 503), Failure.SERVER_ERROR)
    for fake, make, target in vendors:
        errors = await errors_of(fake, make, target, behaviours)
        for status, error in zip(STATUSES, errors, strict=True):
            assert error.failure is expected.get(status, Failure.UNKNOWN), status
            assert not given_up(error)


@pytest.mark.parametrize(
    ("fake", "make", "target", "answer"),
    [
        (
            FakePostmark(),
            postmark,
            Target("email", "ana@example.com"),
            Behaviour(status=422, json={"ErrorCode": 2099, "Message": "Something of tomorrow."}),
        ),
        (
            FakeSlack(),
            slack,
            Target("slack", "#billing"),
            Behaviour(status=200, json={"ok": False, "error": "something_of_tomorrow"}),
        ),
        (FakePagerDuty(), pagerduty, Target("pagerduty", "${KEY}"), Behaviour(status=418)),
    ],
    ids=["postmark", "slack", "pagerduty"],
)
async def test_an_unknown_code_is_sent_reduced_and_then_waits_for_an_admin(
    fake: Fake, make: Callable[[Fake], Channel], target: Target, answer: Behaviour
) -> None:
    """E50: nothing is given up for a code that we do not know."""
    (error,) = await errors_of(fake, make, target, [answer])
    assert error.failure is Failure.UNKNOWN
    first = after_failure(error, attempts=1, first_attempt_at=0.0, now=0.0, jitter=0.5)
    assert (first.next_attempt_at, first.fall_back) == (0.0, False)
    second = after_failure(
        error, attempts=2, first_attempt_at=0.0, now=0.0, jitter=0.5, refused=True
    )
    assert (second.next_attempt_at, second.fall_back) == (300.0, True)


@pytest.mark.parametrize(("failure", "dead"), [(one, one in PERMANENT) for one in Failure])
def test_only_what_nobody_can_mend_is_given_up(failure: Failure, dead: bool) -> None:
    """E50: a refused target or refused content, after its simplest form was refused, too."""
    verdict = after_failure(
        SendError(failure, "no"),
        attempts=2,
        first_attempt_at=0.0,
        now=0.0,
        jitter=0.5,
        refused=True,
    )
    assert (verdict.next_attempt_at is None) == dead


def test_the_tables_have_no_code_twice() -> None:
    """A code stands in one class."""
    assert not set(email_codes.CODES) & email_codes.OTHER_API_CODES
    listed = [code for codes in slack_codes._BY_FAILURE.values() for code in codes.split()]
    assert len(listed) == len(set(listed))

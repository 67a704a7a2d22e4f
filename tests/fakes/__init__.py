"""Fake vendors: small real HTTP servers that behave, and misbehave, like the real ones."""

from tests.fakes.ntfy import FakeNtfy
from tests.fakes.pagerduty import FakePagerDuty
from tests.fakes.postmark import FakePostmark
from tests.fakes.server import Behaviour, Fake, Received
from tests.fakes.services import FakeServices
from tests.fakes.slack import FakeSlack
from tests.fakes.twilio import FakeTwilio
from tests.fakes.webhook import FakeWebhook

__all__ = [
    "Behaviour",
    "Fake",
    "FakeNtfy",
    "FakePagerDuty",
    "FakePostmark",
    "FakeServices",
    "FakeSlack",
    "FakeTwilio",
    "FakeWebhook",
    "Received",
]

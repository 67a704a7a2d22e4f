"""Limits and defaults that the documentation states."""

import re
from pathlib import Path

import pytest

from gateway.channels.apprise import channel as apprise
from gateway.channels.email import mail
from gateway.channels.email.postmark import channel as postmark
from gateway.channels.ntfy import body as ntfy_body
from gateway.channels.ntfy import channel as ntfy
from gateway.channels.pagerduty import channel as pagerduty
from gateway.channels.pagerduty import event
from gateway.channels.slack import blocks
from gateway.channels.slack import channel as slack
from gateway.channels.sms import body as sms_body
from gateway.channels.sms import channel as sms
from gateway.channels.voice import channel as voice
from gateway.channels.voice.speech import LONGEST_SPEECH
from gateway.channels.webhook import channel as webhooks
from gateway.cli.check.summary import HORIZON
from gateway.config.build.routing import DEFAULT_ABSENT_FOR
from gateway.config.grammar.durations import LONGEST_PATIENCE
from gateway.core.actions import take_over
from gateway.core.decide.facts import MOST_ALERTS
from gateway.core.incidents import retry
from gateway.core.plan import intervals, plan
from gateway.core.plan.accounts import SourceSettings
from gateway.core.plan.flapping import Flapping
from gateway.flow.delivery.compose import BUTTON_VALID_FOR, LINK_VALID_FOR
from gateway.flow.delivery.digests import DIGEST_THRESHOLD
from gateway.flow.heartbeat import EVERY as HEARTBEAT_EVERY
from gateway.flow.intake.intake import MAX_WAITING
from gateway.flow.runtime.dependencies import DUTY_RETENTION, RETENTION
from gateway.flow.silences.silences import SHOWN_AFTER_END
from gateway.render.view.table import MAX_ROWS
from gateway.store.state.timeline import MAX_REJECTS
from gateway.web.pages.oncall import DAYS
from gateway.web.pages.signed_link import LINK_LIFETIME as PAGE_LINK_LIFE
from gateway.web.pages.silence_coverage import MOST_COUNTED
from gateway.web.pages.silence_form import DURATIONS
from tests.docs.pages import CHECKOUT

HOUR, DAY, MINUTE = 3600.0, 86400.0, 60.0

FLAPPING = Flapping()
RETRIES = [retry.FIRST_DELAY * 2**n for n in range(retry.FALLBACK_AFTER_ATTEMPTS - 1)]

STATED = [
    ("operating.md", f"| a request body | {SourceSettings('a', 'b').max_bytes >> 20} MiB"),
    ("operating.md", f"{MAX_WAITING:,}, then 503"),
    ("operating.md", f"| alerts listed in one message | {MOST_ALERTS};"),
    ("operating.md", f"the last {MAX_REJECTS} |"),
    ("operating.md", f"| an acknowledge link | works for {LINK_VALID_FOR / HOUR:.0f} hours"),
    ("operating.md", f"| retrying one message | {retry.RETRY_FOR / HOUR:.0f} hours"),
    ("operating.md", f"`GATEWAY_LEASE`, {retry.LEASE:.0f} s"),
    ("operating.md", f"kept for {RETENTION / DAY:.0f} days"),
    ("on-call.md", f"for {DUTY_RETENTION / DAY:.0f} days"),
    ("why-was-i-paged.md", f"for {RETENTION / DAY:.0f} days"),
    ("acknowledging.md", f"{plan.DEFAULT_ACK_EXPIRES / HOUR:.0f} hours, or what `ack_expires`"),
    ("acknowledging.md", f"ends after {LINK_VALID_FOR / HOUR:.0f} hours"),
    ("security.md", f"good for {LINK_VALID_FOR / HOUR:.0f} hours"),
    ("silences.md", f"({DURATIONS[min(DURATIONS)]} to {DURATIONS[max(DURATIONS)]})"),
    ("silences.md", f"While more than {MOST_COUNTED:,} alerts fire"),
    ("on-call.md", f"else {intervals.DEFAULT_STEP_WAIT / MINUTE:.0f} minutes"),
    ("channels.md", f"| at once | {postmark.IN_FLIGHT} | {slack.IN_FLIGHT} |"
     f" {pagerduty.IN_FLIGHT} | {sms.IN_FLIGHT} |"
     f" {voice.IN_FLIGHT} | {ntfy.IN_FLIGHT} |"
     f" {apprise.IN_FLIGHT} | {webhooks.IN_FLIGHT} |"),
    ("channels.md", f"title {ntfy_body.TITLE_CHARACTERS} characters, text"
     f" {ntfy_body.MESSAGE_BYTES} bytes"),
    ("ntfy.md", f"for {BUTTON_VALID_FOR / HOUR:.0f} hours"),
    ("channels.md", f"`max_segments`, {sms_body.MAX_SEGMENTS} by default"),
    ("channels.md", f"{LONGEST_SPEECH} characters are read"),
    ("sms-and-voice.md", f"rings for {voice.RING_FOR} seconds"),
    ("sms-and-voice.md", f"lasts {voice.LONGEST_CALL // 60} minutes"),
    ("sms-and-voice.md", f"within {sms.VALID_FOR // 60} minutes"),
    ("channels.md", f"{MAX_ROWS} alerts in the table"),
    ("channels.md", f"text {mail.TEXT_BYTES // 1000} kB"),
    ("channels.md", f"HTML over {mail.HTML_BYTES // 1000**2} MB"),
    ("channels.md", f"{blocks.SECTION} characters a section"),
    ("channels.md", f"{blocks.ALL_TEXT} in all; {blocks.ALERT_LINES} alerts, "
     f"{blocks.FIELDS} labels; header {blocks.HEADER}"),
    ("channels.md", f"summary {event.SUMMARY} characters, event "
     f"{event.EVENT_BYTES // 1000} KB"),
    ("channels.md", f"about {sum(RETRIES):.0f} seconds after the first"),
    ("from-alertmanager.md", f"`timeout` up to {LONGEST_PATIENCE:.0f} s"),
]  # fmt: skip


@pytest.mark.parametrize(("page", "phrase"), STATED)
def test_a_number_on_a_page_is_that_of_the_program(page: str, phrase: str) -> None:
    """A changed limit or default changes the page that states it."""
    assert phrase in (CHECKOUT / "docs" / page).read_text(encoding="utf-8")


IN_WORDS = [
    ("on-call.md", "gaps in the next four weeks", HORIZON, 4 * 7 * DAY),
    ("on-call.md", "then two weeks from today", DAYS, 14),
    ("quick-start.md", "`resolve_timeout` (five minutes)", plan.DEFAULT_RESOLVE_TIMEOUT, 300.0),
    ("silences.md", "listed for five days", SHOWN_AFTER_END, 5 * DAY),
    ("silences.md", "for an hour", PAGE_LINK_LIFE, HOUR),
    ("concepts.md", "begun four times", FLAPPING.times, 4),
    ("concepts.md", "times within an hour", FLAPPING.within, HOUR),
    ("concepts.md", "every half an hour", FLAPPING.every, HOUR / 2),
    ("concepts.md", "a quarter of an hour", FLAPPING.calm_after, HOUR / 4),
    ("channels.md", "When twelve or more messages wait", DIGEST_THRESHOLD, 12),
    ("channels.md", "the fifth failed attempt", retry.FALLBACK_AFTER_ATTEMPTS, 5),
    ("channels.md", "up to every five minutes", retry.LONGEST_DELAY, 300.0),
    ("channels.md", "tried again every five minutes", retry.MISCONFIGURED_DELAY, 300.0),
    ("channels.md", "a hold ends after five minutes at most", retry.LONGEST_HOLD, 300.0),
    ("channels.md", "try a target on hold once a minute at most", retry.PROBE_EVERY, MINUTE),
    ("channels.md", "unless the hold ends within 15 seconds", retry.URGENT_PATIENCE, 15.0),
    ("channels.md", "asks for more than a minute", retry.FALLBACK_BEFORE, MINUTE),
    ("channels.md", "**After a day** of failing", retry.RETRY_FOR, DAY),
    ("acknowledging.md", "Within ten minutes", take_over.GIVE_BACK_WITHIN, 10 * MINUTE),
    ("acknowledging.md", "acknowledgement of the last minute", take_over.JUST_ACKNOWLEDGED, MINUTE),
    ("operating.md", "GET once a minute", HEARTBEAT_EVERY, MINUTE),
    ("operating.md", "absent_for: 10m", DEFAULT_ABSENT_FOR, 600.0),
]  # fmt: skip


@pytest.mark.parametrize(("page", "phrase", "value", "stated"), IN_WORDS)
def test_a_number_in_words_is_that_of_the_program(
    page: str, phrase: str, value: object, stated: object
) -> None:
    """The page states the number in words, and the program has the same."""
    assert phrase in (CHECKOUT / "docs" / page).read_text(encoding="utf-8")
    assert value == stated


def test_the_promises_are_numbered_without_a_gap() -> None:
    """docs/concepts.md has fourteen; tests cite them by number."""
    text = (CHECKOUT / "docs" / "concepts.md").read_text(encoding="utf-8")
    promises = text.partition("## What you can rely on")[2]
    numbers = [int(number) for number in re.findall(r"^(\d+)\. \*\*", promises, re.MULTILINE)]
    assert numbers == list(range(1, 15))


def test_promises_cited_by_tests_exist() -> None:
    """A docstring cites only promises of docs/concepts.md."""
    cited: set[int] = set()
    for file in Path(CHECKOUT / "tests").rglob("test_*.py"):
        cited |= {int(one) for one in re.findall(r"[Pp]romise (\d+)", file.read_text("utf-8"))}
    assert cited <= set(range(1, 15))


def test_the_identity_is_what_its_decision_states() -> None:
    """docs/decisions/0006 and `core.alerts.labels` agree."""
    from gateway.core.alerts.labels import canonical, identity

    page = (CHECKOUT / "docs" / "decisions" / "0006-two-identities.md").read_text("utf-8")
    assert "128 bits of BLAKE2b over the canonical JSON" in page
    assert len(identity({"a": "b"})) * 4 == 128
    assert canonical({"b": "2", "a": "ü", "c": ""}) == '{"a":"ü","b":"2"}'.encode()

"""Tables in the documentation that repeat the program's own lists."""

import re

from gateway.channels.email.postmark import codes as email_codes
from gateway.channels.email.smtp.replies import BY_STEP, Step
from gateway.channels.ntfy import codes as ntfy_codes
from gateway.channels.slack import codes as slack_codes
from gateway.channels.support import http_errors
from gateway.channels.twilio import codes as twilio_codes
from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.incidents.retry import Failure
from gateway.core.incidents.suppression import SuppressReason
from gateway.core.incidents.timeline import TimelineKind
from gateway.core.plan.channels import CHANNELS
from gateway.metrics import Metrics
from gateway.render.jinja.lookup import PARTS, SENTENCES
from gateway.render.jinja.sandbox import FILTERS
from gateway.render.view.view import NAMES
from gateway.shipped import shipped_templates
from gateway.short_templates.sandbox import FILTERS as SHORT_FILTERS
from gateway.short_templates.values import NAMES as SHORT_NAMES
from tests.docs.pages import (
    CHECKOUT,
    DOCS,
    page_text,
    section,
    table_rows,
    words_in_code,
)


def test_metrics_on_the_page_are_those_of_the_program() -> None:
    """docs/operating.md lists each metric of /metrics with its meaning, and no other."""
    shown = {
        row[0].strip("`"): row
        for row in table_rows(section(page_text("operating.md"), "Metrics"))[2:]
    }
    known = {}
    for family in Metrics().registry.collect():
        if family.name.startswith("gateway_"):
            name = family.name + ("_total" if family.type == "counter" else "")
            known[name] = family.documentation
    assert set(shown) == set(known)
    for name, meaning in known.items():
        # The page may add text and links, but must begin with the program's words.
        plain = re.sub(r"\[([^]]+)\]\([^)]+\)", r"\1", shown[name][2])
        assert plain.startswith(meaning.rstrip(".")), name


def test_labels_of_metrics_on_the_page_are_those_of_the_program() -> None:
    """The labels in the table are those of the metrics."""
    shown = {
        row[0].strip("`"): row[1]
        for row in table_rows(section(page_text("operating.md"), "Metrics"))
    }
    metrics = Metrics()
    for metric in vars(metrics).values():
        names = getattr(metric, "_labelnames", None)
        if names is None:
            continue
        name = metric._name + ("_total" if metric._type == "counter" else "")
        assert shown[name] == ", ".join(names), name


def test_reasons_on_the_page_are_those_of_the_program() -> None:
    """docs/why-was-i-paged.md explains each reason to notify or to suppress, and no other."""
    documented = words_in_code(section(page_text("why-was-i-paged.md"), "The reasons"))
    assert documented == {reason.value for reason in (*NotifyReason, *SuppressReason)}


def test_timeline_entries_on_the_page_are_those_of_the_program() -> None:
    """docs/why-was-i-paged.md explains each kind of timeline entry, and no other."""
    table = table_rows(section(page_text("why-was-i-paged.md"), "Read the timeline"))
    kinds = {kind.strip() for row in table for kind in row[0].split(",")}
    assert kinds - {"entry", "---"} == {kind.label for kind in TimelineKind}


def test_template_names_on_the_page_are_those_of_the_program() -> None:
    """docs/templates.md explains each name that a template may use, in the same words."""
    listed = {
        row[0].strip("`"): row[1]
        for row in table_rows(section(page_text("templates.md"), "The names"))
        if row[0].startswith("`")
    }
    assert listed == dict(NAMES)


def test_names_and_filters_of_short_templates_on_the_page_are_those_of_the_program() -> None:
    """docs/links.md explains each name, and lists each filter, that a link may use."""
    text = section(page_text("links.md"), "What the braces may hold")
    names = {
        row[0].strip("`"): row[1].partition(": ")[0]
        for row in table_rows(text)
        if row[0].startswith("`")
    }
    assert names == dict(SHORT_NAMES)
    (sentence,) = [line for line in text.splitlines() if line.startswith("The filters are")]
    assert set(re.findall(r"`([^`]+)`", sentence)) == set(SHORT_FILTERS) - {"d"}


def test_templates_and_filters_on_the_page_are_those_that_ship() -> None:
    """docs/templates.md lists all files and filters, and no other."""
    folder = shipped_templates()
    shipped = {path.relative_to(folder).as_posix() for path in folder.rglob("*.j2")}
    assert words_in_code(section(page_text("templates.md"), "The files")) == shipped
    parts = {f"{channel}/{part}.j2" for channel, every in PARTS.items() for part in every}
    assert parts | {f"shared/{sentence}.j2" for sentence in SENTENCES} <= shipped
    filters = words_in_code(section(page_text("templates.md"), "The language"))
    ours = set(FILTERS) - {"round"} | {"names"}
    assert {word.partition("(")[0] for word in filters} == ours


def test_every_kind_of_notice_is_on_the_page() -> None:
    """Templates differ by kind, so docs/templates.md names each."""
    text = page_text("templates.md")
    assert [kind.value for kind in NoticeKind if f"`{kind.value}`" not in text] == []


def test_every_result_of_an_attempt_is_on_the_page_with_its_consequence() -> None:
    """docs/channels.md and the runbook explain what follows from each failure."""
    documented = words_in_code(section(page_text("channels.md"), "When a channel fails"))
    assert documented == {failure.value for failure in Failure} | {"accepted", "printed"}
    runbook = (DOCS / "runbooks" / "gateway-channel-failing.md").read_text(encoding="utf-8")
    assert {failure.value for failure in Failure} <= words_in_code(runbook)


def test_every_channel_has_a_section() -> None:
    """docs/channels.md explains how to set up each channel."""
    text = page_text("channels.md").lower().replace("e-mail", "email")
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert [name for name in CHANNELS if not any(h.startswith(name) for h in headings)] == []


def test_the_order_of_imports_on_the_page_is_the_checked_one() -> None:
    """docs/architecture.md names the layers of the contract in pyproject.toml, in their order."""
    text = (CHECKOUT / "pyproject.toml").read_text(encoding="utf-8")
    layers = text.partition("layers = [")[2].partition("\n]")[0]
    checked = [name for name in re.findall(r"\w+", layers) if name != "__main__"]
    chain = next(
        line for line in page_text("architecture.md").splitlines() if line.startswith("cli →")
    )
    shown = re.findall(r"\w+", chain)
    assert set(shown) == set(checked)
    assert [shown[n] for n in (0, 1, 2, -1)] == [checked[n] for n in (0, 1, 2, -1)]


def test_vendor_codes_on_the_page_are_those_of_the_program() -> None:
    """docs/channels.md states what follows from each documented code (E50)."""
    errors = section(page_text("channels.md"), "Vendor errors")
    parts = re.split(r"^### ", errors, flags=re.MULTILINE)
    listed = {
        (part.split()[0], code): row[0].strip("`").partition("`")[0]
        for part in parts[1:]
        for row in table_rows(part)
        for code in re.findall(r"`(\w+)`", row[1])
    }
    posted_again = slack_codes.MESSAGE_GONE | slack_codes.THREAD_GONE
    known = {
        **{("Postmark's", str(c)): f.value for c, f in email_codes.CODES.items()},
        **{("Postmark's", str(c)): "misconfigured" for c in email_codes.OTHER_API_CODES},
        **{("Slack's", c): f.value for c, f in slack_codes.CODES.items()},
        **{("Slack's", c): "none: the message is posted anew" for c in posted_again},
        **{("Twilio's", c): f.value for c, f in twilio_codes.CODES.items()},
        **{("HTTP", str(c)): f.value for c, f in http_errors.BY_STATUS.items()},
        ("HTTP", "429"): "rate limited",
        ("HTTP", "300"): "misconfigured",
        ("HTTP", "399"): "misconfigured",
        ("HTTP", "500"): "server error",
        ("HTTP", "599"): "server error",
    }
    listed.pop(("Postmark's", "ErrorCode"), None)
    listed.pop(("Slack's", "error"), None)
    listed.pop(("Twilio's", "code"), None)
    assert listed == known


def test_smtp_codes_on_the_page_are_those_of_the_program() -> None:
    """docs/smtp.md states what follows from each code of an SMTP server (E50)."""
    rows = table_rows(section(page_text("smtp.md"), "Replies"))
    steps = {"the sender": Step.SENDER, "a recipient": Step.RECIPIENT, "the mail": Step.DATA}
    listed = {
        steps[row[0]]: {
            int(code): failure
            for codes, failure in re.findall(r"((?:`\d+`,? ?)+): `([^`]+)`", row[2])
            for code in re.findall(r"\d+", codes)
        }
        for row in rows
        if row[0] in steps
    }
    known = {step: {c: f.value for c, f in of.items()} for step, of in BY_STEP.items()}
    assert listed == known


def test_codes_of_ntfy_on_the_page_are_those_of_the_program() -> None:
    """docs/ntfy.md states what follows from each code (E50)."""
    listed = {
        int(code): row[0].strip("`")
        for row in table_rows(section(page_text("ntfy.md"), "Errors"))
        for code in re.findall(r"`(\d+)`", row[1])
    }
    assert listed == {code: failure.value for code, failure in ntfy_codes.CODES.items()}

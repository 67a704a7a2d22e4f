"""Tables that repeat what the program knows say the same as the program."""

import re
from pathlib import Path

from gateway.channels import CHANNELS
from gateway.channels.email import codes as email_codes
from gateway.channels.slack import codes as slack_codes
from gateway.channels.support import http_errors
from gateway.core.incidents.notice import NoticeKind, NotifyReason
from gateway.core.incidents.retry import Failure
from gateway.core.incidents.suppression import SuppressReason
from gateway.core.incidents.timeline import TimelineKind
from gateway.metrics import Metrics
from gateway.render.jinja.lookup import PARTS, SENTENCES
from gateway.render.jinja.sandbox import FILTERS
from gateway.render.view.view import NAMES
from gateway.shipped import shipped_templates
from tests.docs.pages import CHECKOUT, DOCS


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def rows(text: str) -> list[list[str]]:
    """The cells of all table rows of a page."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def first_words(text: str) -> set[str]:
    """What stands between backticks in the first cells of rows."""
    return {word for row in rows(text) for word in re.findall(r"`([^`]+)`", row[0])}


def section(text: str, heading: str) -> str:
    """The part of a page below a heading of the second rank."""
    return text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def test_every_metric_is_documented_with_its_labels_and_none_that_is_not() -> None:
    """docs/operating.md lists what /metrics holds."""
    shown = {row[0].strip("`"): row for row in rows(section(page("operating.md"), "Metrics"))[2:]}
    known = {}
    for family in Metrics().registry.collect():
        if family.name.startswith("gateway_"):
            name = family.name + ("_total" if family.type == "counter" else "")
            known[name] = family.documentation
    assert set(shown) == set(known)
    for name, meaning in known.items():
        # The page may say more and link, but not otherwise.
        plain = re.sub(r"\[([^]]+)\]\([^)]+\)", r"\1", shown[name][2])
        assert plain.startswith(meaning.rstrip(".")), name


def test_labels_of_metrics_are_documented() -> None:
    """The labels in the table are those of the metrics."""
    shown = {row[0].strip("`"): row[1] for row in rows(section(page("operating.md"), "Metrics"))}
    metrics = Metrics()
    for held in vars(metrics).values():
        names = getattr(held, "_labelnames", None)
        if names is None:
            continue
        name = held._name + ("_total" if held._type == "counter" else "")
        assert shown[name] == ", ".join(names), name


def test_every_reason_is_explained_and_none_that_is_not() -> None:
    """docs/why-was-i-paged.md knows the words of the timeline, of messages and of the metric."""
    told = first_words(section(page("why-was-i-paged.md"), "The reasons"))
    assert told == {reason.value for reason in (*NotifyReason, *SuppressReason)}


def test_every_kind_of_timeline_entry_is_explained_and_none_that_is_not() -> None:
    """docs/why-was-i-paged.md knows what each line of a timeline records."""
    table = rows(section(page("why-was-i-paged.md"), "Read the timeline"))
    kinds = {kind.strip() for row in table for kind in row[0].split(",")}
    assert kinds - {"entry", "---"} == {kind.value for kind in TimelineKind}


def test_every_name_of_templates_is_listed_as_the_program_says_it() -> None:
    """docs/templates.md has each name that a template may use, in the same words."""
    listed = {
        row[0].strip("`"): row[1]
        for row in rows(section(page("templates.md"), "The names"))
        if row[0].startswith("`")
    }
    assert listed == dict(NAMES)


def test_every_template_and_filter_is_listed() -> None:
    """The files and filters on the page are those that ship, and all of them."""
    folder = shipped_templates()
    shipped = {path.relative_to(folder).as_posix() for path in folder.rglob("*.j2")}
    assert first_words(section(page("templates.md"), "The files")) == shipped
    parts = {f"{channel}/{part}.j2" for channel, every in PARTS.items() for part in every}
    assert parts | {f"shared/{sentence}.j2" for sentence in SENTENCES} <= shipped
    filters = first_words(section(page("templates.md"), "The language"))
    ours = set(FILTERS) - {"round"} | {"names"}
    assert {word.partition("(")[0] for word in filters} == ours


def test_every_kind_of_message_is_named() -> None:
    """Kinds pick templates, so the page must have them all."""
    text = page("templates.md")
    assert [kind.value for kind in NoticeKind if f"`{kind.value}`" not in text] == []


def test_every_way_of_failing_is_told_with_what_follows() -> None:
    """docs/channels.md says what happens after each result of an attempt."""
    told = first_words(section(page("channels.md"), "When a channel fails"))
    assert told == {failure.value for failure in Failure} | {"accepted", "printed"}
    runbook = (DOCS / "runbooks" / "gateway-channel-failing.md").read_text(encoding="utf-8")
    assert {failure.value for failure in Failure} <= first_words(runbook)


def test_every_channel_is_set_up_on_a_page() -> None:
    """docs/channels.md has a section for each."""
    text = page("channels.md").lower().replace("e-mail", "email")
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert [name for name in CHANNELS if not any(h.startswith(name) for h in headings)] == []


def test_all_decisions_are_in_their_index() -> None:
    """docs/decisions/index.md leads to each."""
    folder = DOCS / "decisions"
    index = (folder / "index.md").read_text(encoding="utf-8")
    pages_: list[Path] = sorted(folder.glob("*.md"))
    assert [p.name for p in pages_ if p.name != "index.md" and f"({p.name})" not in index] == []


def test_the_order_of_imports_is_that_which_is_checked() -> None:
    """docs/architecture.md names the layers of the contract in pyproject.toml, in their order."""
    text = (CHECKOUT / "pyproject.toml").read_text(encoding="utf-8")
    layers = text.partition("layers = [")[2].partition("\n]")[0]
    checked = [name for name in re.findall(r"\w+", layers) if name != "__main__"]
    chain = next(line for line in page("architecture.md").splitlines() if line.startswith("cli →"))
    shown = re.findall(r"\w+", chain)
    assert set(shown) == set(checked)
    assert [shown[n] for n in (0, 1, 2, -1)] == [checked[n] for n in (0, 1, 2, -1)]


def test_every_code_of_a_vendor_is_listed_with_its_result() -> None:
    """docs/channels.md says of each documented code what follows from it (E50)."""
    errors = section(page("channels.md"), "Vendor errors")
    parts = re.split(r"^### ", errors, flags=re.MULTILINE)
    listed = {
        (part.split()[0], code): row[0].strip("`").partition("`")[0]
        for part in parts[1:]
        for row in rows(part)
        for code in re.findall(r"`(\w+)`", row[1])
    }
    anew = slack_codes.MESSAGE_GONE | slack_codes.THREAD_GONE
    known = {
        **{("Postmark's", str(c)): f.value for c, f in email_codes.CODES.items()},
        **{("Postmark's", str(c)): "misconfigured" for c in email_codes.OTHER_API_CODES},
        **{("Slack's", c): f.value for c, f in slack_codes.CODES.items()},
        **{("Slack's", c): "none: the message is posted anew" for c in anew},
        **{("HTTP", str(c)): f.value for c, f in http_errors.BY_STATUS.items()},
        ("HTTP", "429"): "rate limited",
        ("HTTP", "300"): "misconfigured",
        ("HTTP", "399"): "misconfigured",
        ("HTTP", "500"): "server error",
        ("HTTP", "599"): "server error",
    }
    listed.pop(("Postmark's", "ErrorCode"), None)
    listed.pop(("Slack's", "error"), None)
    assert listed == known

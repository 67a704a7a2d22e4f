"""Sections of a Markdown text as plain lines."""

from gateway.core.text.markdown_sections import first_heading, section_of

TEXT = """# Double `charge`

Intro.

## Immediate (5 minutes)

1. **Acknowledge**, then read [Sentry](https://sentry.example.com/issues).
2. See [the cron](renewal-cron.md).

```sh
# not a heading
gateway ack 1
```

### Who

Ana.

## After

Root cause.
"""


def test_section_ends_at_the_next_heading_of_its_level() -> None:
    """What is below it belongs to it, and a comment in code is no heading."""
    section = section_of(TEXT, "Immediate")
    assert section.startswith(
        "1. Acknowledge, then read Sentry (https://sentry.example.com/issues)."
    )
    assert "2. See the cron." in section
    assert "# not a heading\ngateway ack 1" in section
    assert section.endswith("### Who\n\nAna.")


def test_case_of_the_name_does_not_matter_and_no_section_is_empty_text() -> None:
    """People write headings in their own way."""
    assert section_of("## IMMEDIATE\nx", "Immediate") == "x"
    assert section_of(TEXT, "Later") == ""
    assert section_of("", "Immediate") == ""


def test_title_is_the_first_heading() -> None:
    """A runbook is listed by it."""
    assert first_heading(TEXT) == "Double charge"
    assert first_heading("no heading") == ""

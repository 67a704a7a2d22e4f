"""The words themselves, kept in files so that a change of them is seen and judged.

GATEWAY_WRITE_GOLDEN=1 writes the files anew; read the difference before committing it.
"""

import os
from pathlib import Path

import pytest

from gateway.core.incidents.notice import NoticeKind
from gateway.render.jinja.lookup import PARTS
from gateway.render.samples import Sample, sample, samples
from tests.render.rendering import message_of

GOLDEN = Path(__file__).parent / "golden"
CHECKED_BY_NAME = (
    "mixed",
    "fallback",
    "titled",
    "titled repeat",
    "no annotations",
    "hostile 0",
    "taken over",
    "given back",
    "notification rule",
    "quiet hours ended",
)
SAMPLES = [
    *(sample(kind) for kind in NoticeKind),
    *(s for s in samples() if s.name in CHECKED_BY_NAME),
]


def written(sample: Sample) -> str:
    """All parts of all channels, but the HTML of most: it says what the text says."""
    lines = []
    for channel, parts in PARTS.items():
        message = message_of(sample, channel)
        for part in parts:
            if part == "html" and sample.name not in ("firing critical", "mixed", "hostile 0"):
                continue
            lines += [f"===== {channel} {part} =====", message.parts[part].rstrip("\n"), ""]
    return "\n".join(lines)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_messages_match_the_golden_files(sample: Sample) -> None:
    """A change of the messages that people read at night shows in review."""
    path = GOLDEN / f"{sample.name.replace(' ', '-')}.txt"
    words = written(sample)
    if os.environ.get("GATEWAY_WRITE_GOLDEN") == "1":
        path.write_text(words, encoding="utf-8")
    assert path.is_file(), "no golden file: run once with GATEWAY_WRITE_GOLDEN=1"
    assert words == path.read_text(encoding="utf-8")


def test_no_golden_file_is_left_over() -> None:
    """Every golden file belongs to a sample."""
    expected = {f"{sample.name.replace(' ', '-')}.txt" for sample in SAMPLES}
    assert {path.name for path in GOLDEN.glob("*.txt")} == expected

"""Limits on the texts of an alert, and the truncation of longer ones.

A long text is cut, and a digest of the whole text is appended. So two different alerts stay
different, and one alert has the same labels whenever it is posted. Only alerts that truncation
cannot bring within the limits are refused. Prometheus, Mimir and Grafana write far less.
"""

from collections.abc import Mapping
from hashlib import blake2b

Texts = dict[str, str]
CutNote = tuple[tuple[str, ...], str]
"""The section and name of a field that was cut, and what was done."""

MOST_LABELS = 1024
"""Labels of one alert; more are a fault. The same number of annotations; more are omitted."""

LONGEST_NAME = 1024
"""Characters of a name. Mimir's limit is 1,024 bytes."""

LONGEST_VALUE = 4096
"""Characters of a label's value. Mimir's limit is 2,048 bytes."""

LARGEST_LABELS = 64 * 1024
"""Characters of all labels of one alert after cutting; more are a fault. They are written into
groups, titles, messages and indexes, each several times."""

LONGEST_TEXT = 64 * 1024
"""Characters of an annotation. No channel shows more than 40,000."""

LONGEST_URL = 16 * 1024
"""Characters of a generator URL. A truncated URL is useless, so a longer one is omitted."""

_DIGEST = 16  # bytes


def fit(labels: Texts, annotations: Texts, url: str) -> bool:
    """Return whether all texts are within the limits."""
    return (
        len(labels) <= MOST_LABELS
        and len(annotations) <= MOST_LABELS
        and len(url) <= LONGEST_URL
        and max(map(len, labels)) <= LONGEST_NAME
        and max(map(len, labels.values())) <= LONGEST_VALUE
        and _size(labels) <= LARGEST_LABELS
        and (
            not annotations
            or (
                max(map(len, annotations)) <= LONGEST_NAME
                and max(map(len, annotations.values())) <= LONGEST_TEXT
            )
        )
    )


def fault_of(labels: Mapping[str, object]) -> str:
    """Return the fault of labels that truncation cannot repair; "" without one."""
    if len(labels) > MOST_LABELS:
        return f"{len(labels):,} labels: an alert may have {MOST_LABELS:,}"
    size = sum(
        min(len(name), LONGEST_NAME) + min(len(value), LONGEST_VALUE)
        for name, value in labels.items()
        if isinstance(value, str)
    )
    if size > LARGEST_LABELS:
        return f"{size:,} characters of labels: an alert may have {LARGEST_LABELS:,}"
    return ""


def cut(labels: Texts, annotations: Texts, url: str) -> tuple[Texts, Texts, str, list[CutNote]]:
    """Return the texts within the limits, and a note for each that was cut."""
    notes: list[CutNote] = []
    if len(annotations) > MOST_LABELS:
        notes.append((("annotations",), f"only the first {MOST_LABELS:,} are kept"))
        annotations = dict(list(annotations.items())[:MOST_LABELS])
    if len(url) > LONGEST_URL:
        notes.append((("generatorURL",), f"omitted: over {LONGEST_URL:,} characters"))
        url = ""
    labels = _cut("labels", labels, LONGEST_VALUE, notes)
    return labels, _cut("annotations", annotations, LONGEST_TEXT, notes), url, notes


def _cut(section: str, texts: Texts, longest: int, notes: list[CutNote]) -> Texts:
    cut_texts = {}
    for name, value in texts.items():
        if len(name) > LONGEST_NAME:
            notes.append(((section, name), f"the name was cut to {LONGEST_NAME:,} characters"))
        if len(value) > longest:
            notes.append(((section, name), f"the value was cut to {longest:,} characters"))
        cut_texts[shorten(name, LONGEST_NAME)] = shorten(value, longest)
    return cut_texts


def shorten(text: str, longest: int) -> str:
    """Return `text` in at most `longest` characters: its beginning and a digest of all of it."""
    if len(text) <= longest:
        return text
    digest = blake2b(text.encode(), digest_size=_DIGEST).hexdigest()
    return f"{text[: longest - len(digest) - 2]}… {digest}"


def _size(texts: Texts) -> int:
    return sum(map(len, texts)) + sum(map(len, texts.values()))

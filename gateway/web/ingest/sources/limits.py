"""How much an alert may say, and what becomes of what is longer.

A text that is too long is cut, and the digest of the whole text is put behind what is left: two
alerts that differ stay two, and one alert stays one whenever it is posted. Only what no cutting
can help is refused. The limits are far beyond what Prometheus, Mimir and Grafana write.
"""

from collections.abc import Mapping
from hashlib import blake2b

Texts = dict[str, str]
CutNote = tuple[tuple[str, ...], str]
"""The section and name of what was cut, and what was done."""

MOST_LABELS = 1024
"""Labels of one alert; more are a fault. The same number of annotations; more are left out."""

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
"""Characters of a generator URL. Half a URL leads nowhere, so a longer one is left out."""

_DIGEST = 16  # bytes


def fit(labels: Texts, annotations: Texts, url: str) -> bool:
    """Say whether all of it is within the limits."""
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
    """What is wrong with labels that no cutting can help; "" if nothing."""
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
    """Return them within the limits, and what was done for it."""
    notes: list[CutNote] = []
    if len(annotations) > MOST_LABELS:
        notes.append((("annotations",), f"only the first {MOST_LABELS:,} are kept"))
        annotations = dict(list(annotations.items())[:MOST_LABELS])
    if len(url) > LONGEST_URL:
        notes.append((("generatorURL",), f"left out: over {LONGEST_URL:,} characters"))
        url = ""
    labels = _cut("labels", labels, LONGEST_VALUE, notes)
    return labels, _cut("annotations", annotations, LONGEST_TEXT, notes), url, notes


def _cut(section: str, texts: Texts, longest: int, notes: list[CutNote]) -> Texts:
    kept = {}
    for name, value in texts.items():
        if len(name) > LONGEST_NAME:
            notes.append(((section, name), f"the name was cut to {LONGEST_NAME:,} characters"))
        if len(value) > longest:
            notes.append(((section, name), f"the value was cut to {longest:,} characters"))
        kept[shorten(name, LONGEST_NAME)] = shorten(value, longest)
    return kept


def shorten(text: str, longest: int) -> str:
    """Return `text` in at most `longest` characters: its beginning and a digest of all of it."""
    if len(text) <= longest:
        return text
    digest = blake2b(text.encode(), digest_size=_DIGEST).hexdigest()
    return f"{text[: longest - len(digest) - 2]}… {digest}"


def _size(texts: Texts) -> int:
    return sum(map(len, texts)) + sum(map(len, texts.values()))

"""Fields that alerts of every source have: a fast check, and an exact one for faults."""

import re
from functools import lru_cache
from typing import Any, NamedTuple

from gateway.core.errors import GatewayError
from gateway.core.text.escape import one_line
from gateway.core.time.timestamps import parse_time
from gateway.web.ingest.sources import limits
from gateway.web.ingest.sources.parsed import BadAlert

Texts = dict[str, str]

_REPLACED_TEXT = "NUL or an incomplete character was replaced by U+FFFD"
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class CommonFields(NamedTuple):
    """The fields of an alert. Times are None if missing, or Go's zero time."""

    labels: Texts
    annotations: Texts
    url: str
    starts_at: float | None
    ends_at: float | None


class FieldError(GatewayError):
    """A fault of a field that makes its alert unusable."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


def read(item: Any, index: int, repaired: list[BadAlert], *, foreign: bool) -> CommonFields:
    """Return the fields of one alert, with at least one label and no empty ones.

    With `foreign` its texts may hold NUL or half a character, which databases refuse: U+FFFD
    replaces them, as in Alertmanager. Long texts are cut (`limits`). Notes on both are appended to
    `repaired`. Raise FieldError.
    """
    if item.__class__ is not dict:
        raise FieldError("", f"an alert must be an object, not {kind_of(item)}")
    get = item.get
    labels: Any = get("labels")
    annotations: Any = get("annotations")
    url: Any = get("generatorURL", "")
    try:
        # Joining proves at C speed that all values are texts.
        "".join((*labels.values(), *annotations.values(), url))
        is_valid = all(labels.values()) and labels and "" not in labels and "" not in annotations
    except (AttributeError, TypeError):
        is_valid = False
    if not is_valid:
        labels, annotations, url = _labels(labels), _annotations(annotations), _url(url)
    if foreign:
        labels = _replace_unstorable("labels", labels, index, repaired)
        annotations = _replace_unstorable("annotations", annotations, index, repaired)
        url = _replace_unstorable_url(url, index, repaired)
    if not limits.fit(labels, annotations, url):
        if fault := limits.fault_of(labels):
            raise FieldError("labels", fault)
        labels, annotations, url, cuts = limits.cut(labels, annotations, url)
        repaired += [BadAlert(index, path(*field_path), message) for field_path, message in cuts]
    starts_at, ends_at = _instant_of(item, "startsAt"), _instant_of(item, "endsAt")
    return CommonFields(labels, annotations, url, starts_at, ends_at)


def _labels(labels: Any) -> Texts:
    if labels is None:
        raise FieldError("labels", "missing: an alert needs at least one label")
    if not isinstance(labels, dict):
        raise FieldError("labels", f"must be an object of texts, not {kind_of(labels)}")
    if fault := limits.fault_of(labels):  # before anything is done for each of them
        raise FieldError("labels", fault)
    # null counts as empty, as it does for Alertmanager.
    texts = {name: _text("labels", name, value) for name, value in labels.items()}
    texts = {name: value for name, value in texts.items() if value}
    if not texts:
        raise FieldError("labels", "empty: an alert needs at least one label with a value")
    if "" in texts:
        raise FieldError("labels", "a label's name must not be empty")
    return texts


def _annotations(annotations: Any) -> Texts:
    if annotations is None:
        return {}
    if not isinstance(annotations, dict):
        raise FieldError("annotations", f"must be an object of texts, not {kind_of(annotations)}")
    texts = {name: _text("annotations", name, value) for name, value in annotations.items()}
    texts.pop("", None)
    return texts


def _text(section: str, name: str, value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise FieldError(path(section, name), f"must be text, not {kind_of(value)}")
    return value


def _url(url: Any) -> str:
    # `safe_url` decides later whether it may become a link.
    if url is not None and not isinstance(url, str):
        raise FieldError("generatorURL", f"must be text, not {kind_of(url)}")
    return url or ""


def _instant_of(alert: dict[str, Any], field: str) -> float | None:
    text = alert.get(field)
    if text.__class__ is str:
        try:
            return instant(text)
        except ValueError as error:
            raise FieldError(field, str(error)) from None
    if text is None:
        return None
    raise FieldError(field, f"must be a time as text, not {kind_of(text)}")


# A re-post repeats the starts of alerts, and a batch shares one end: most times are cached.
# Four times as many would go on filling memory for an hour at a few alerts a second.
@lru_cache(maxsize=1024)
def instant(text: str) -> float | None:
    """Parse a sender's time; None for an empty text and Go's zero time. Raise ValueError."""
    return parse_time(text) if text else None


def _replace_unstorable(section: str, texts: Texts, index: int, repaired: list[BadAlert]) -> Texts:
    bad = [name for name, value in texts.items() if _UNSTORABLE.search(f"{name}{value}")]
    if not bad:
        return texts
    repaired += [BadAlert(index, path(section, name), _REPLACED_TEXT) for name in bad]
    return {_without_unstorable(name): _without_unstorable(value) for name, value in texts.items()}


def _replace_unstorable_url(url: str, index: int, repaired: list[BadAlert]) -> str:
    if _UNSTORABLE.search(url) is None:
        return url
    repaired.append(BadAlert(index, "generatorURL", _REPLACED_TEXT))
    return _without_unstorable(url)


def path(section: str, name: str = "") -> str:
    """Return a field's name for a message, made harmless and short."""
    return f"{section}.{one_line(_without_unstorable(name[:200]), 80)}" if name else section


def kind_of(value: Any) -> str:
    """Return the kind of a JSON value, for messages."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a text"
    return "a list" if isinstance(value, list) else "an object"


def _without_unstorable(text: str) -> str:
    return _UNSTORABLE.sub("\ufffd", text)

"""The parameter `labels`: labels that alerts must have."""

from gateway.core.matching.matcher import MatcherError
from gateway.core.matching.text import LABELS_HELP, read_labels
from gateway.web.http.errors import RequestError


def label_parameter(text: str) -> dict[str, str]:
    """Return the labels. Raises RequestError (422) for text without any, or that is not labels."""
    try:
        labels = read_labels(text)
    except MatcherError as error:
        raise _invalid(str(error)) from None
    if not labels:
        raise _invalid(LABELS_HELP)
    return labels


def _invalid(message: str) -> RequestError:
    return RequestError(422, "a parameter is invalid", [{"field": "labels", "message": message}])

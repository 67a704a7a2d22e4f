"""Parsing of a post by the type of its source."""

from gateway.core.alerts.source_labels import labels_of_source
from gateway.web.ingest.sources import SOURCES
from gateway.web.ingest.sources.parsed import Parsed, Post


def parse_post(post: Post) -> Parsed:
    """Return the parsed post, its alerts with the labels of the source. Raise BodyError."""
    parsed = SOURCES[post.source.type](post)
    added, allow_test = post.source.labels, post.source.allow_test
    for alert in parsed.alerts:
        labels = labels_of_source(alert.labels, added, allow_test=allow_test)
        if labels is not alert.labels:
            alert.labels, alert.identity = labels, ""
    return parsed

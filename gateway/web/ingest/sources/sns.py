"""Amazon SNS: messages whose signature was verified; CloudWatch's alarms are in them as JSON."""

from dataclasses import replace

from gateway.web.ingest.sns.message import NOTIFICATION
from gateway.web.ingest.sources import json_mapping
from gateway.web.ingest.sources.body import read_json
from gateway.web.ingest.sources.parsed import BodyError, Parsed, Post


def parse(post: Post) -> Parsed:
    """Parse the message inside of the post by the mapping of its source. Raise BodyError."""
    body, _ = read_json(post.body)
    content = body if isinstance(body, dict) else {}
    if content.get("Type") != NOTIFICATION:
        return Parsed(ignored="it is about the subscription")
    message = content.get("Message")
    if not isinstance(message, str):
        raise BodyError(422, "Message is not a text")
    return json_mapping.parse(replace(post, body=message.encode("utf-8", "surrogatepass")))

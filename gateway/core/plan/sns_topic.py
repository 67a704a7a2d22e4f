"""Amazon SNS topics: their names, and the hosts that speak for them. Pure."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

_ARN = re.compile(
    r"arn:(?P<partition>aws|aws-cn|aws-us-gov):sns:(?P<region>[a-z0-9-]{1,40}):"
    r"(?P<account>[0-9]{1,20}):(?P<name>[A-Za-z0-9_-]{1,256}(?:\.fifo)?)"
)
_CERTIFICATE = re.compile(r"/SimpleNotificationService-[0-9a-f]{1,64}\.pem")


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic by its ARN."""

    arn: str
    region: str
    account: str
    host: str  # the only one that serves its certificates and confirms its subscriptions


def parse_topic(arn: str) -> Topic:
    """Return a topic. Raises ValueError."""
    match = _ARN.fullmatch(arn)
    if match is None:
        raise ValueError(f'"{arn}" is not the ARN of a topic: arn:aws:sns:eu-central-1:123:billing')
    ending = ".cn" if match["partition"] == "aws-cn" else ""
    host = f"sns.{match['region']}.amazonaws.com{ending}"
    return Topic(arn, match["region"], match["account"], host)


def is_certificate_url(url: str, topic: Topic) -> bool:
    """Return whether a URL is that of a certificate of the topic's own region, and nothing else."""
    return _is_at(url, topic, query=False) and bool(_CERTIFICATE.fullmatch(urlsplit(url).path))


def is_subscribe_url(url: str, topic: Topic) -> bool:
    """Return whether a URL confirms a subscription at the topic's own region."""
    return _is_at(url, topic, query=True) and urlsplit(url).path in ("", "/")


def _is_at(url: str, topic: Topic, *, query: bool) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    plain = parts.scheme == "https" and parts.netloc == topic.host and not parts.fragment
    return plain and (query or not parts.query) and url.isascii() and url.isprintable()

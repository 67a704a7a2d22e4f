"""Warnings about an open port without a token, and about links."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from gateway.core.plan.accounts import SourceSettings
from gateway.core.urls.hosts import is_loopback
from gateway.settings import ServerSettings


def exposure_warning(settings: ServerSettings, sources: Iterable[SourceSettings]) -> str | None:
    """Return a warning if other machines can connect without an API token.

    docs/decisions/0028 has the rules. They depend on the address that is listened on and not on
    the client: requests from the machine itself are refused like any other.
    """
    if settings.loopback or settings.api_token is not None:
        return None
    closed = "changes" if settings.public_reads else "pages, API and command line"
    text = (
        f"GATEWAY_LISTEN is beyond loopback ({settings.host or 'all addresses'}) and "
        f"GATEWAY_API_TOKEN is not set: {closed} are refused with 403, from this machine too"
    )
    if settings.public_reads:
        text += "; anyone who reaches the port can read everything, by GATEWAY_PUBLIC_READS"
    remedy = "set GATEWAY_API_TOKEN"
    names = [source.name for source in sources if source.open]
    if names:
        text += f"; anyone who reaches the port can post alerts to {', '.join(names)}"
        remedy += f", and a bearer token for {'each of them' if len(names) > 1 else names[0]}"
    return f"{text}; {remedy}"


def missing_external_url_error(settings: ServerSettings) -> str | None:
    """Return an error if others can connect and links lead to 127.0.0.1.

    People then open the links on other machines, where they lead nowhere.
    """
    if settings.loopback or settings.external_url_set:
        return None
    return (
        f"GATEWAY_LISTEN is beyond loopback ({settings.host or 'all addresses'}) and "
        "GATEWAY_EXTERNAL_URL is not set: acknowledge links in messages would lead to "
        f"{settings.external_url}; set it to the address that people's browsers use, like "
        "GATEWAY_EXTERNAL_URL=https://alerts.example.com"
    )


def loopback_links_warning(settings: ServerSettings) -> str | None:
    """Return a warning if others can connect and links work only here."""
    host = urlsplit(settings.external_url).hostname or ""
    if settings.loopback or not settings.external_url_set or not is_loopback(host):
        return None
    return (
        f"GATEWAY_EXTERNAL_URL is {settings.external_url}: links in messages work on this machine "
        "only; set it to the address that people's browsers use"
    )

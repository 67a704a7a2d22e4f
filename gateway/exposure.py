"""What listening beyond loopback means: without an API token, and for links in messages."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from gateway.core.plan.accounts import SourceSettings
from gateway.core.urls.hosts import is_loopback
from gateway.settings import ServerSettings


def exposure_warning(settings: ServerSettings, sources: Iterable[SourceSettings]) -> str | None:
    """What other machines may do and nobody can, where no token decides it; else None.

    The rules are those of docs/decisions/0028. They look at the address that is listened
    on, never at who asks: the machine itself is refused like any other.
    """
    if settings.loopback or settings.api_token is not None:
        return None
    closed = "changes" if settings.public_reads else "pages, API and command line"
    said = (
        f"GATEWAY_LISTEN is beyond loopback ({settings.host or 'all addresses'}) and "
        f"GATEWAY_API_TOKEN is not set: {closed} are refused with 403, from this machine too"
    )
    if settings.public_reads:
        said += "; whoever reaches the port may read everything, by GATEWAY_PUBLIC_READS"
    what = "set GATEWAY_API_TOKEN"
    names = [source.name for source in sources if source.open]
    if names:
        said += f"; whoever reaches the port may post alerts to {', '.join(names)}"
        what += f", and a bearer token for {'each of them' if len(names) > 1 else names[0]}"
    return f"{said}; {what}"


def missing_external_url_error(settings: ServerSettings) -> str | None:
    """Return the error of settings whose links would lead to 127.0.0.1; else None.

    Where others can connect, people get links on other machines.
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
    """Return a warning where others can connect and links work on this machine only; else None."""
    host = urlsplit(settings.external_url).hostname or ""
    if settings.loopback or not settings.external_url_set or not is_loopback(host):
        return None
    return (
        f"GATEWAY_EXTERNAL_URL is {settings.external_url}: links in messages work on this machine "
        "only; set it to the address that people's browsers use"
    )

"""What listening beyond loopback means without an API token, in one sentence."""

from collections.abc import Iterable

from gateway.core.server import ServerSettings
from gateway.core.settings import SourceSettings


def exposed(settings: ServerSettings, sources: Iterable[SourceSettings]) -> str | None:
    """What other machines may do and nobody can, where no token decides it; else None.

    The rules are those of docs/decisions/web-access.md. They look at the address that is listened
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

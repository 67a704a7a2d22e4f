"""Checks of links, built from the parsed file."""

from gateway.config.build.accounts import PROXY_CONNECTS, Secrets
from gateway.config.grammar.parsed import ParsedSection
from gateway.config.grammar.secret_types import secret_of
from gateway.config.source.problem import Findings
from gateway.core.plan.accounts import Secret
from gateway.core.plan.link_checks import LinkCheckSettings


def link_checks(
    entry: ParsedSection | None, zone: str, secrets: Secrets, findings: Findings
) -> LinkCheckSettings | None:
    """Return when and how links are followed; None without the section, then they are not.

    `zone` is that of business_hours.
    """
    if entry is None:
        return None
    default = LinkCheckSettings()
    private_addresses = entry.get("private_addresses", "refuse") == "allow"
    if "proxy" in entry and not private_addresses:
        findings.error(entry.position_of("proxy"), PROXY_CONNECTS)
    proxy = entry.get("proxy")
    return LinkCheckSettings(
        cron=entry.get("cron", default.cron),
        zone=entry.get("timezone", zone),
        private_addresses=private_addresses,
        proxy=Secret(proxy)
        if isinstance(proxy, str)
        else secrets.add(secret_of(entry.fields.get("proxy"))),
        timeout=entry.get("timeout", default.timeout),
    )

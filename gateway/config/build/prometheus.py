"""Queries to Prometheus, built from the parsed file."""

from gateway.config.build.accounts import PROXY_CONNECTS, Secrets
from gateway.config.grammar.parsed import ParsedSection
from gateway.config.grammar.secret_types import secret_of
from gateway.config.source.problem import Findings
from gateway.core.plan.accounts import Secret
from gateway.core.plan.prometheus import PrometheusQuery, PrometheusSettings


def prometheus(
    entry: ParsedSection | None, secrets: Secrets, findings: Findings
) -> PrometheusSettings | None:
    """Return where queries are sent, with the queries; None without the section or its URL."""
    if entry is None:
        return None
    private_addresses = entry.get("private_addresses", "allow") == "allow"
    if "proxy" in entry and not private_addresses:
        findings.error(entry.position_of("proxy"), PROXY_CONNECTS)
    url = _address(entry, "url", secrets)
    if url is None:
        return None
    return PrometheusSettings(
        url,
        {
            name: PrometheusQuery(
                name,
                one.value.get("query", ""),
                one.value.get("title", name),
                one.value.get("unit", ""),
                one.value.get("at_least"),
                one.value.get("at_most"),
            )
            for name, one in entry.map_of("queries").items()
        },
        bearer=secrets.add(secret_of(entry.fields.get("bearer"))),
        proxy=_address(entry, "proxy", secrets),
        private_addresses=private_addresses,
        timeout=entry.get("timeout", 10.0),
    )


def _address(entry: ParsedSection, key: str, secrets: Secrets) -> Secret | None:
    """Return a URL, which may come from outside of the file and is then a secret of it."""
    value = entry.get(key)
    if isinstance(value, str):
        return Secret(value)
    return secrets.add(secret_of(entry.fields.get(key)))

"""The provider of an account: its keys, its credential, and its library."""

from functools import cache
from importlib.util import find_spec

from gateway.config.grammar.channels import GRAMMARS
from gateway.config.grammar.channels.common import PROVIDER, TOKEN, ProviderKeys
from gateway.config.grammar.parsed import ParsedSection
from gateway.config.grammar.sections import Section
from gateway.config.source.problem import Findings
from gateway.core.plan.channels import ChannelSpec

PACKAGE = "alert-gateway"
"""The name that the gateway is installed by."""


def provider_name(spec: ChannelSpec, entry: ParsedSection) -> str:
    """Return the provider that an account names, or the usual one of its channel."""
    section = GRAMMARS[spec.name].account.field_type
    assert isinstance(section, Section)
    usual = next((one.default for one in section.fields if one.name == PROVIDER), spec.name)
    name: str = entry.get(PROVIDER, usual)
    return name


def provider_keys(spec: ChannelSpec, entry: ParsedSection) -> ProviderKeys:
    """Return the keys of an account's provider; without a choice there is only the token."""
    return GRAMMARS[spec.name].providers.get(provider_name(spec, entry), ProviderKeys((TOKEN,)))


def provider_credential(spec: ChannelSpec, entry: ParsedSection) -> str:
    """Return the key of the credential that an account has, else of the usual one."""
    credentials = provider_keys(spec, entry).credentials
    return next((key for key in credentials if key in entry), credentials[0])


def is_installed(spec: ChannelSpec) -> bool:
    """Return whether an account that nobody declares can be there: it may need a library."""
    return all(has_module(one.module) for one in spec.libraries.values())


@cache
def has_module(name: str) -> bool:
    """Return whether a module can be imported: a file may have thousands of targets."""
    return find_spec(name) is not None


def check_library(spec: ChannelSpec, entry: ParsedSection, findings: Findings) -> None:
    """Note an error if the account's provider needs a library that is not installed."""
    provider = provider_name(spec, entry)
    library = spec.libraries.get(provider)
    if library is None or has_module(library.module):
        return
    message = (
        f"{spec.label} by {provider} needs the library {library.module}, which is not installed: "
        f'pip install "{PACKAGE}[{library.extra}]"'
    )
    findings.error(entry.position_of(PROVIDER), message)


def check_provider(name: str, spec: ChannelSpec, entry: ParsedSection, findings: Findings) -> None:
    """Note the keys that belong to other providers, those that are missing, and what they say."""
    keys = provider_keys(spec, entry)
    provider = provider_name(spec, entry)
    for other, their in GRAMMARS[spec.name].providers.items():
        for key in their.keys:
            if key in entry and key not in keys.keys:
                message = f"{key}: it belongs to provider: {other}, and this one is {provider}"
                findings.error(entry.position_of(key), message)
    for key in keys.required:
        if entry.lacks(key):
            message = f'{name} channel: "{key}" is missing, which provider: {provider} needs'
            findings.error(entry.position, message)
    if keys.check is not None:
        keys.check(entry, findings)

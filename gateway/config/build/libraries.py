"""The check that the libraries of declared channels are installed."""

from importlib.util import find_spec

from gateway.config.grammar.channels import GRAMMARS
from gateway.config.grammar.channels.common import PROVIDER
from gateway.config.grammar.parsed import ParsedSection
from gateway.config.grammar.sections import Section
from gateway.config.source.problem import Findings
from gateway.core.plan.channels import ChannelSpec

PACKAGE = "alert-gateway"
"""The name that the gateway is installed by."""


def check_library(spec: ChannelSpec, entry: ParsedSection, findings: Findings) -> None:
    """Note an error if the account's provider needs a library that is not installed."""
    provider = entry.get(PROVIDER, _default_provider(spec))
    library = spec.libraries.get(provider)
    if library is None or find_spec(library.module) is not None:
        return
    message = (
        f"{spec.label} by {provider} needs the library {library.module}, which is not installed: "
        f'pip install "{PACKAGE}[{library.extra}]"'
    )
    findings.error(entry.position_of(PROVIDER), message)


def _default_provider(spec: ChannelSpec) -> str:
    """Return the provider of accounts that name none."""
    section = GRAMMARS[spec.name].account.field_type
    assert isinstance(section, Section)
    return next((one.default for one in section.fields if one.name == PROVIDER), spec.name)

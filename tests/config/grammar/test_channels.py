"""The channels' keys in routes.yaml, against their specs."""

import pytest

from gateway.config.grammar.channels import GRAMMARS
from gateway.core.plan.channels import SPECS, AddressKind, ChannelSpec


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_grammar_fits_the_spec(spec: ChannelSpec) -> None:
    """A channel has the keys that its spec asks for, under its own name."""
    grammar = GRAMMARS[spec.name]
    assert grammar.account.name == grammar.target.name == spec.name
    assert (grammar.address is None) == (spec.address is AddressKind.NONE)
    assert (grammar.contact is not None) == (spec.contact_order is not None)
    if grammar.contact is not None:
        assert grammar.contact.name == spec.name

"""The specs of the channels."""

import ast

import pytest

from gateway.core.plan.channels import (
    CHANNELS,
    CONTACT_CHANNELS,
    SPECS,
    AddressKind,
    ChannelSpec,
    spec_of,
)
from tests.shared_data import CHECKOUT

READERS = ("core", "flow", "store", "render", "config/build", "config/lint", "cli")
"""Packages that must read the spec instead of comparing a channel's name."""


def test_person_is_notified_on_slack_before_email() -> None:
    """A step without `by` uses the contacts in the order of the specs' `contact_order`."""
    assert CONTACT_CHANNELS == ("slack", "email", "sms", "voice")


def test_channel_of_a_later_release_has_no_capability_and_no_shown_address() -> None:
    """A stored target of an unknown channel is labelled by the channel's name alone."""
    spec = spec_of("pigeon")
    assert (spec.label, spec.capabilities, spec.address) == (
        "pigeon",
        frozenset(),
        AddressKind.SECRET,
    )


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_channel_with_contacts_needs_readers(spec: ChannelSpec) -> None:
    """Only a channel with shown addresses can be a person's contact."""
    assert CHANNELS[spec.name] is spec
    assert spec.contact_order is None or not spec.secret_address


@pytest.mark.parametrize("package", READERS)
def test_package_compares_no_channel_name(package: str) -> None:
    """A new channel needs no change here: capabilities decide, not names."""
    names = CHANNELS.keys() - {"console"}  # the provider that prints
    for file in (CHECKOUT / "gateway" / package).rglob("*.py"):
        # Types of sources have names of their own: mails come in by one called "email".
        if file.name in ("channels.py", "source_types.py") and file.parent.name == "plan":
            continue
        literals = {
            node.value
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        assert not literals & names, file

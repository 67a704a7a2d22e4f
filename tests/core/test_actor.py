"""Actors of actions and changes."""

from gateway.core.actor import ActorKind, stated_actor, system_actor, verified_person


def test_stated_name_is_recorded_as_not_verified() -> None:
    """A name that is only stated under a shared token proves nothing, and the text says so."""
    ana = stated_actor("ana", "cli")
    assert (ana.kind, ana.id, ana.verified) == (ActorKind.PERSON, "ana", False)
    assert ana.via_text == "cli, not verified"


def test_program_prefix_names_a_program() -> None:
    """A program says so with program:NAME; an empty name is left as it was written."""
    assert stated_actor("program:deploy", "api").kind is ActorKind.PROGRAM
    assert stated_actor("program:deploy", "api").id == "deploy"
    assert stated_actor("program:", "api").kind is ActorKind.PERSON


def test_signed_means_and_the_gateway_itself_are_verified() -> None:
    """A signed link or request proves the person; the gateway knows itself."""
    assert verified_person("ana", "link").via_text == "link"
    assert system_actor("reload").to_json() == {
        "kind": "system",
        "id": "gateway",
        "via": "reload",
        "verified": True,
    }

"""Signed links: their content, their expiry, and the reasons to refuse them."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.links import ExpiredLinkError, ForgedLinkError, LinkClaim, Links, Purpose

KEY = b"a key of 32 bytes for the tests!"
URL = "https://alerts.example.com"
NOW = 1_795_000_000.0
END = 1_796_000_000.0

EARLIER_TOKENS = [
    (1042, "ana", END, "AQAAAAAAAAQSawzJAGFuYW2mzkgJ19DFEGXwBP13Qhw0eQ"),
    (1, "", END, "AQAAAAAAAAABawzJAJEJzEImfKDSD8kJ37ml_G7z1A"),
    (
        2**63,
        "müller-ünal",
        4_102_444_800.0,
        "AYAAAAAAAAAA9IZXAG3DvGxsZXItw7xuYWx2aLyemL_s5anEaAxb0b9oer8",
    ),
]
"""Number, person, end and token of links made by release 0.1.0, which had one purpose only."""


@pytest.fixture
def links() -> Links:
    return Links(f"{URL}/", KEY)


@pytest.mark.parametrize(("number", "person", "expires_at", "token"), EARLIER_TOKENS)
def test_a_link_of_an_earlier_release_still_acknowledges(
    links: Links, number: int, person: str, expires_at: float, token: str
) -> None:
    """An upgrade invalidates no link that was sent before."""
    claim = links.read(Purpose.ACKNOWLEDGE, token, NOW)
    assert claim == LinkClaim(number, person, expires_at)
    assert links.token(Purpose.ACKNOWLEDGE, number, person, expires_at) == token


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("other", Purpose)
def test_a_token_is_valid_for_its_own_purpose_only(
    links: Links, purpose: Purpose, other: Purpose
) -> None:
    """E19: a link that may read a feed cannot acknowledge, and so for every pair of purposes."""
    token = links.token(purpose, 1042, "ana", END)
    if other is purpose:
        assert links.read(other, token, NOW) == LinkClaim(1042, "ana", END)
    else:
        with pytest.raises(ForgedLinkError):
            links.read(other, token, NOW)


def test_an_expired_token_of_another_purpose_reveals_nothing(links: Links) -> None:
    """E19: the signature is checked before the end, so no claim is read from a foreign token."""
    token = links.token(Purpose.FEED, 1042, "ana", NOW - 1)
    with pytest.raises(ForgedLinkError):
        links.read(Purpose.ACKNOWLEDGE, token, NOW)


def test_an_expired_link_names_its_incident(links: Links) -> None:
    """Promise 5: a link expires, and its page can still name the incident."""
    token = links.token(Purpose.ACKNOWLEDGE, 1042, "ana", NOW)
    assert links.read(Purpose.ACKNOWLEDGE, token, NOW).number == 1042
    with pytest.raises(ExpiredLinkError) as caught:
        links.read(Purpose.ACKNOWLEDGE, token, NOW + 1)
    assert caught.value.claim == LinkClaim(1042, "ana", NOW)


@pytest.mark.parametrize("position", range(0, 46, 5))
def test_a_changed_character_makes_a_token_invalid(links: Links, position: int) -> None:
    """E19: neither the number, the person, the end nor the signature can be changed."""
    token = EARLIER_TOKENS[0][3]
    changed = token[:position] + ("B" if token[position] == "A" else "A") + token[position + 1 :]
    with pytest.raises(ForgedLinkError):
        links.read(Purpose.ACKNOWLEDGE, changed, NOW)


@pytest.mark.parametrize("token", ["", "AQ", "not a token", "ü", "A" * 401, "A" * 45 + "="])
def test_a_text_that_is_not_a_token_is_refused(links: Links, token: str) -> None:
    """A truncated or foreign text is an error with a reason, and never another exception."""
    with pytest.raises(ForgedLinkError):
        links.read(Purpose.ACKNOWLEDGE, token, NOW)


def test_a_token_signed_with_another_key_is_refused(links: Links) -> None:
    """A new key invalidates all links that were sent before."""
    token = Links(URL, b"another key").token(Purpose.ACKNOWLEDGE, 1042, "ana", END)
    with pytest.raises(ForgedLinkError):
        links.read(Purpose.ACKNOWLEDGE, token, NOW)


def test_a_token_has_one_spelling(links: Links) -> None:
    """Padding, or bits that base64 ignores, do not make a second token for the same claim."""
    token = EARLIER_TOKENS[1][3]
    raw = base64.urlsafe_b64decode(token + "==")
    respelled = base64.urlsafe_b64encode(raw).decode()
    for other in (respelled, token[:-1] + chr(ord(token[-1]) + 1)):
        if other != token:
            with pytest.raises(ForgedLinkError):
                links.read(Purpose.ACKNOWLEDGE, other, NOW)


def test_links_begin_with_the_external_url(links: Links) -> None:
    """E18: links use the address that the admin configured."""
    assert links.incidents() == f"{URL}/"
    assert links.incident(1042) == f"{URL}/incidents/1042"
    url = links.acknowledge(1042, "ana", END)
    assert url == f"{URL}/ack/{EARLIER_TOKENS[0][3]}"


def test_repr_hides_the_key(links: Links) -> None:
    """Promise 10: a traceback that prints the object shows no key."""
    assert KEY.decode() not in repr(links)
    assert repr(links) == f"Links({URL!r})"


def test_reply_token_is_for_one_person_and_fits_into_an_address() -> None:
    """A local part has 64 characters, in any case; Postmark's own mailboxes have 32."""
    links = Links("https://gateway.example.com", b"test-signing-key")
    token = links.reply_token(1042, "ana", 1_795_000_000.0)
    assert len(f"{32 * 'a'}+{token}") <= 64
    assert token == token.lower()
    assert links.read_reply(token.upper(), "ana", 1_795_000_000.0) == 1042
    for person in ("ben", "", "an"):
        with pytest.raises(ForgedLinkError):
            links.read_reply(token, person, 0.0)
    other = Links("https://gateway.example.com", b"test-other-key")
    with pytest.raises(ForgedLinkError):
        other.read_reply(token, "ana", 0.0)


def test_reply_token_ends_with_its_hour() -> None:
    """The end is rounded up to an hour: never earlier than it was asked for."""
    links = Links("https://gateway.example.com", b"test-signing-key")
    token = links.reply_token(1042, "ana", 7200.5)
    assert links.read_reply(token, "ana", 10_800.0) == 1042
    with pytest.raises(ExpiredLinkError):
        links.read_reply(token, "ana", 10_801.0)


@given(st.text(max_size=80))
def test_any_text_is_no_reply_token(text: str) -> None:
    """What comes after the plus is anybody's."""
    links = Links("https://gateway.example.com", b"test-signing-key")
    with pytest.raises(ForgedLinkError):
        links.read_reply(text, "ana", 0.0)

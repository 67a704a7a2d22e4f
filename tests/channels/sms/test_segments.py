"""The alphabets and segments of text messages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.sms.segments import capacity, cut, is_gsm7, plain_text, segments, units


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x" * 160, 1),
        ("x" * 161, 2),
        ("x" * 306, 2),
        ("x" * 307, 3),
        ("x" * 159 + "€", 2),
        ("[" * 80, 1),
        ("x" * 152 + "€" + "x" * 152, 3),  # no character is divided between two parts
        ("ж" * 70, 1),
        ("ж" * 71, 2),
        ("ж" * 135, 3),
        ("", 1),
    ],
)
def test_segments_are_counted_as_the_vendor_counts(text: str, expected: int) -> None:
    """3GPP TS 23.038 and 23.040: 160 septets, 153 each of several; 70 and 67 in UCS-2."""
    assert segments(text) == expected


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("“Charged twice” – it’s `db-1`…", "\"Charged twice\" - it's 'db-1'..."),
        ("🚨 CRITICAL ⚠️ 1️⃣", " CRITICAL  1"),
        ("naïve façade, crème brûlée", "naive facade, crème brulée"),
        ("Zürich Straße Ærø €5", "Zürich Straße Ærø €5"),
        ("a\tb\u00a0c", "a b c"),
        ("½ ² ﬁ Ⅷ ×3", "1/2 2 fi VIII x3"),
        ("Łódź œuvre", "Lódz oeuvre".replace("ó", "o")),
        ("e\u0301 over", "é over"),
        ("списание", "списание"),
        ("二重請求", "二重請求"),
        ("हिन्दी", "हिन्दी"),
    ],
)
def test_typography_becomes_plain_and_other_scripts_stay(written: str, plain: str) -> None:
    """One curly quote more than doubles the price; without its script nothing can be read."""
    assert plain_text(written) == plain


@given(st.text(alphabet=st.characters(max_codepoint=0x24F), max_size=50))
def test_latin_text_has_only_gsm7_and_characters_of_words(text: str) -> None:
    """What has no letter of another script costs no more than its plain form."""
    plain = plain_text(text)
    assert all(is_gsm7(one) or one.isalnum() for one in plain)


@given(st.text(max_size=700), st.integers(1, 4))
def test_cut_text_fits_into_its_segments(text: str, most: int) -> None:
    """No text takes more segments than allowed, and a short one stays whole."""
    gsm7 = is_gsm7(text)
    limit = capacity(most, gsm7=gsm7)
    result = cut(text, limit, gsm7=gsm7)
    assert segments(result) <= most
    assert (result == text) == (units(text, gsm7=gsm7) <= limit)

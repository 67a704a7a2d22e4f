"""The alphabets of text messages, and the segments that a text takes in them.

GSM-7 is the default alphabet of 3GPP TS 23.038, section 6.2.1. One character outside of it turns
the whole message to UCS-2, which holds less than half of the text. So typographic
characters get their plain form, and pictures are removed. Other scripts stay: without them nothing
could be read.
"""

import unicodedata

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€")
"""Characters of GSM-7 that take two septets."""

SINGLE, PART = 160, 153
"""Septets of a message alone, and of each part of several (3GPP TS 23.040, 9.2.3.24.1)."""
SINGLE_UCS2, PART_UCS2 = 70, 67
"""The same in UTF-16 units."""

_PLAIN = str.maketrans(
    {
        "\t": " ",
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
        "`": "'",
        "´": "'",
        "\u2018": "'",
        "\u2019": "'",
        "\u201a": ",",
        "\u201b": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "«": '"',
        "»": '"',
        "‹": "'",
        "›": "'",
        "\u2010": "-",
        "\u2011": "-",
        "\u2012": "-",
        "\u2013": "-",
        "\u2014": "-",
        "\u2015": "-",
        "\u2212": "-",
        "…": "...",
        "•": "-",
        "·": "-",
        "×": "x",
        "÷": "/",
        "→": "->",
        "←": "<-",
        "≤": "<=",
        "≥": ">=",
        "≠": "!=",
        "©": "(c)",
        "®": "(R)",
        "™": "(TM)",
        "°": " deg",
        "\u2044": "/",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "ð": "d",
        "þ": "th",
        "œ": "oe",
        "Œ": "OE",
        "ı": "i",
        "ẞ": "SS",
    }
)
"""Plain forms that Unicode's own decomposition does not name."""


def plain_text(text: str) -> str:
    """Return the text in GSM-7 if its script allows that.

    Typographic characters and accents are replaced, and symbols without a plain form removed.
    """
    plain: list[str] = []
    for one in unicodedata.normalize("NFC", text).translate(_PLAIN):
        plain.append(_plain(one, plain[-1] if plain else ""))
    return "".join(plain)


def _plain(character: str, before: str) -> str:
    """Return what a character becomes; `before` is what the one before it became."""
    if is_gsm7(character):
        return character
    decomposed = unicodedata.normalize("NFKD", character).translate(_PLAIN)
    base = "".join(one for one in decomposed if not unicodedata.combining(one))
    if base and is_gsm7(base):
        return base
    kind = unicodedata.category(character)[0]
    # A mark belongs to the letter before it; behind a removed or a plain one it has no meaning.
    return character if kind in "LN" or (kind == "M" and not is_gsm7(before)) else ""


def is_gsm7(text: str) -> bool:
    """Return whether a text needs no other alphabet than GSM-7."""
    return all(one in _BASIC or one in _EXTENDED for one in text)


def units(text: str, *, gsm7: bool) -> int:
    """Return the septets of a text in GSM-7, or its UTF-16 units."""
    if gsm7:
        return sum(2 if one in _EXTENDED else 1 for one in text)
    return len(text.encode("utf-16-le", "replace")) // 2


def segments(text: str) -> int:
    """Return the number of messages that a text is sent as, and paid for."""
    gsm7 = is_gsm7(text)
    alone, part = (SINGLE, PART) if gsm7 else (SINGLE_UCS2, PART_UCS2)
    if units(text, gsm7=gsm7) <= alone:
        return 1
    count, left = 1, part
    for one in text:
        size = units(one, gsm7=gsm7)
        if size > left:  # two septets, or a pair of UTF-16, are never divided
            count, left = count + 1, part
        left -= size
    return count


def capacity(most: int, *, gsm7: bool) -> int:
    """Return the units that surely fit into so many segments: none is divided between two."""
    alone, part = (SINGLE, PART) if gsm7 else (SINGLE_UCS2, PART_UCS2)
    return alone if most == 1 else most * part - (most - 1)


CUT = "..."
"""The sign of a cut text. The usual one is not in GSM-7."""


def cut(text: str, limit: int, *, gsm7: bool) -> str:
    """Return at most `limit` units of a text; a cut text ends in CUT."""
    if units(text, gsm7=gsm7) <= limit:
        return text
    left, head = limit - len(CUT), []
    for one in text:
        left -= units(one, gsm7=gsm7)
        if left < 0:
            break
        head.append(one)
    return "".join(head).rstrip() + CUT[: max(limit, 0)]

"""Texts as they are read out: numbers digit by digit, names in words, nothing that acts."""

import re
import unicodedata

from gateway.channels.support.truncate import strip_controls

LONGEST_SPEECH = 400
"""Characters that are read out at once, about half a minute. Nobody listens to more at night."""

CUT = ", and more"
"""What a cut text ends in, in words."""

_URL = re.compile(r"https?://\S+", re.IGNORECASE)
_NUMBER = re.compile(r"#([0-9]+)")
_WORD_BORDER = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|_+")
_PICTURE_MARKS = "\ufe0e\ufe0f\u20e3"
_SIGNS = re.compile(r"[\[\](){}<>|*~^`\"\\=]+")


def spoken(text: str) -> str:
    """Return a text as a voice reads it well, on one line.

    `#1042` becomes "1 0 4 2" and DoubleChargeDetected "Double Charge Detected".
    """
    text = _URL.sub(" ", strip_controls(text[: 10 * LONGEST_SPEECH]))
    text = _NUMBER.sub(lambda match: " ".join(match[1]), text).replace("&", " and ")
    text = _SIGNS.sub(" ", _WORD_BORDER.sub(" ", text))
    text = "".join(filter(_has_sound, " ".join(text.split())))
    text = " ".join(text.split())
    if len(text) <= LONGEST_SPEECH:
        return text
    return text[: LONGEST_SPEECH - len(CUT)].rstrip() + CUT


def _has_sound(one: str) -> bool:
    """Return whether a character is read well: a picture would be read by its name.

    What is not printable is not allowed in the vendor's documents either.
    """
    picture = unicodedata.category(one) in ("So", "Sk") or one in _PICTURE_MARKS
    return one.isprintable() and not picture

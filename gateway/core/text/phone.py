"""Phone numbers in the form of E.164."""

import re

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_SEPARATORS = re.compile(r"[ ()./-]")


def phone_number(text: str) -> str:
    """Return a number in the form of E.164. Raises ValueError with what to write instead.

    A number must be written as vendors report it, so that it can be compared: others are refused.
    """
    if _E164.fullmatch(text):
        return text
    digits = _SEPARATORS.sub("", text.replace("(0)", ""))
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if _E164.fullmatch(digits):
        raise ValueError(f'"{text}" is not in the form of E.164: write "{digits}", with the quotes')
    raise ValueError(
        f'"{text}" is not a phone number: write a "+", the country code and the number without '
        'its leading zero, in quotes, such as "+4915112345678"'
    )

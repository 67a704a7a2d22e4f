"""Label sets: the identity of an alert, and how labels are written.

A label with an empty value is the same as no label (Prometheus' data model), so both
identities omit it.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2b
from json.encoder import encode_basestring

Labels = Mapping[str, str]

_FNV64_OFFSET = 0xCBF29CE484222325
_FNV64_PRIME = 0x100000001B3
_MASK64 = 0xFFFFFFFFFFFFFFFF
_LONGEST_REMEMBERED = 256
_json = encode_basestring  # escapes as orjson does
_CLASSIC_NAME = re.compile("[a-zA-Z_][a-zA-Z0-9_]*")
_NAMED_ESCAPES = {
    "\a": r"\a",
    "\b": r"\b",
    "\f": r"\f",
    "\n": r"\n",
    "\r": r"\r",
    "\t": r"\t",
    "\v": r"\v",
    "\\": r"\\",
    '"': r"\"",
}


def canonical(labels: Labels) -> bytes:
    """Return the JSON that `identity` hashes.

    Sorted by name, without spaces and empty labels, with no escapes but those that JSON requires.
    Go writes a map of strings like this, so most posts of Prometheus hold the canonical form
    already, and it need not be parsed. Raises UnicodeEncodeError (a ValueError)
    for lone surrogates, which intake refuses.
    """
    written = ",".join([f"{_json(n)}:{_json(v)}" for n, v in sorted(labels.items()) if v])
    return f"{{{written}}}".encode()


def fingerprint(labels: Labels) -> str:
    """Return the 16 hex digits by which Prometheus and Alertmanager name this label set.

    64-bit FNV-1a of the sorted names and values, each followed by the byte ``ff``, as in
    prometheus/common ``model.LabelSet.Fingerprint``. Slow in Python and only 64 bits wide: for
    answers to others only. The key of the store is `identity`.
    """
    digest = _FNV64_OFFSET
    for name, value in sorted(labels.items()):
        if value:
            effect = _remembered_effect if len(value) <= _LONGEST_REMEMBERED else _effect
            factor, summand = effect(digest & 255, name, value)
            digest = (digest * factor + summand) & _MASK64
    return f"{digest:016x}"


def _effect(low: int, name: str, value: str) -> tuple[int, int]:
    """Return (p, s): a label turns a digest with the lowest byte `low` into digest * p + s.

    FNV-1a's exclusive or changes the lowest byte only, and the lowest byte of a product depends on
    lowest bytes only, so the rest of the digest is linear. Cached, because most labels of most
    alerts were seen before.
    """
    data = b"%b\xff%b\xff" % (name.encode(), value.encode())
    digest = low
    for byte in data:
        digest = ((digest ^ byte) * _FNV64_PRIME) & _MASK64
    factor = pow(_FNV64_PRIME, len(data), 1 << 64)
    return factor, (digest - low * factor) & _MASK64


_remembered_effect = lru_cache(maxsize=8192)(_effect)


def identity(labels: Labels) -> str:
    """Return the 32 hex digits (128-bit BLAKE2b) that are the store's key of this label set."""
    return identity_of(canonical(labels))


def identity_of(written: bytes) -> str:
    """Return the identity of the label set whose canonical form is `written`.

    Bytes in another form give a value that is no label set's identity.
    """
    return blake2b(written, digest_size=16).hexdigest()


def valid_label_name(name: str, *, utf8: bool = True) -> bool:
    """Return whether `name` may name a label: any UTF-8 text, or only classic ASCII words."""
    if not utf8:
        return _CLASSIC_NAME.fullmatch(name) is not None
    try:
        return bool(name.encode())
    except UnicodeEncodeError:
        return False


def quote(text: str) -> str:
    r"""Quote `text` as Go's ``%q`` does, which Alertmanager's group keys are written with."""
    if text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return '"' + "".join(_escape(character) for character in text) + '"'


def format_labels(labels: Labels) -> str:
    """Write a label set as ``{alertname="X", job="y"}``, sorted by name."""
    return "{" + ", ".join([f"{name}={quote(labels[name])}" for name in sorted(labels)]) + "}"


def _escape(character: str) -> str:
    if character in _NAMED_ESCAPES:
        return _NAMED_ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"

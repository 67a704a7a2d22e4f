"""Label sets: what identifies an alert, and how a label is written.

A label with an empty value is the same as no label (Prometheus' data model), so both
identities leave it out: an alert is the same alert whichever way it was reported.
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
    """Return the JSON that `identity` hashes: sorted by name, no spaces, nothing escaped but what
    JSON demands, without empty labels.

    It is how Go writes a map of texts, so what Prometheus posts mostly is its alerts' canonical
    form already, and is recognised without being read. Raises UnicodeEncodeError (a ValueError)
    for lone surrogates, which intake refuses.
    """
    written = ",".join([f"{_json(n)}:{_json(v)}" for n, v in sorted(labels.items()) if v])
    return f"{{{written}}}".encode()


def fingerprint(labels: Labels) -> str:
    """Return the 16 hex digits by which Prometheus and Alertmanager name this label set.

    64-bit FNV-1a of the sorted names and values, each followed by the byte ``ff``, as in
    prometheus/common ``model.LabelSet.Fingerprint``. Slow in Python and only 64 bits wide: for
    answers to others; our own key is `identity`.
    """
    digest = _FNV64_OFFSET
    for name, value in sorted(labels.items()):
        if value:
            effect = _remembered_effect if len(value) <= _LONGEST_REMEMBERED else _effect
            factor, summand = effect(digest & 255, name, value)
            digest = (digest * factor + summand) & _MASK64
    return f"{digest:016x}"


def _effect(low: int, name: str, value: str) -> tuple[int, int]:
    """Return what one label does to a digest whose lowest byte is `low`: digest * p + s.

    FNV-1a's exclusive or touches the lowest byte only and a product's lowest byte depends on
    lowest bytes only. So all else about the digest goes through linearly, and most labels of most
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
    """Return the 32 hex digits (128-bit BLAKE2b) by which we key this label set."""
    return identity_of(canonical(labels))


def identity_of(written: bytes) -> str:
    """Return the identity of a label set of which this is the canonical form.

    Of other bytes it is no label set's identity: what is known by it was written like this.
    """
    return blake2b(written, digest_size=16).hexdigest()


def valid_label_name(name: str, utf8: bool = True) -> bool:
    """Say whether `name` may name a label: any text in UTF-8, or the classic ASCII words only."""
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

"""Texts of a body that are too long to be parsed, and their shortened form."""

import re
from dataclasses import dataclass

LONGEST_TEXT = 64 * 1024
"""Bytes of a text; a longer one is shortened before it is parsed. Not above `pieces.WINDOW`: else
a label would be shortened in a large body but not in a small one, and name two alerts."""

HEAD = LONGEST_TEXT - 512
"""Bytes of a long text that remain; the rest of LONGEST_TEXT is for its size and digest."""

_HEX = rb"[0-9a-fA-F]"
_WHOLE_CHARACTERS = re.compile(
    rb'(?:[^"\\]++|\\[^u]'
    rb"|\\u(?![dD][89abAB])" + _HEX + rb"{4}"
    # The first half of a pair, with the second one if there is one.
    rb"|\\u" + _HEX + rb"{4}(?:\\u" + _HEX + rb"{4}|(?=[^\\]|\\[^u])))*+",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class LongText:
    """A text that is too long: its position with its quotes, and a digest of its bytes."""

    start: int
    end: int
    digest: str

    @property
    def size(self) -> int:
        """Return its bytes without the quotes."""
        return self.end - self.start - 2

    @property
    def cut(self) -> int:
        """Return the bytes that shortening removes, the short note that replaces them ignored."""
        return self.end - self.start - HEAD

    def shortened(self, body: bytes) -> bytes:
        """Return its beginning as JSON, with its size and digest. It ends between characters."""
        stop = self.start + 1 + HEAD
        characters = _WHOLE_CHARACTERS.match(body, self.start + 1, stop)
        stop = characters.end() if characters else stop
        while stop > self.start + 1 and body[stop] & 0xC0 == 0x80:  # inside a UTF-8 sequence
            stop -= 1
        head = body[self.start : stop]
        return b'%b\xe2\x80\xa6 (%d bytes, %b)"' % (head, self.size, self.digest.encode())

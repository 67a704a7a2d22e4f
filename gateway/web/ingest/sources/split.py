"""Large bodies cut into pieces, each of which is read in a few milliseconds.

A parser of JSON holds the interpreter from the first byte to the last, and builds everything that
a body says before anyone can count it. So a large body is looked through first, a window at a
time: where its alerts begin and end, how many they are, and which texts are too long to be read.
Only pieces of it are ever parsed.

The look itself mostly costs nothing in Python: a window is cut behind the last ``},{`` in it, and
parsed without building anything. That this works proves that the cut is between two alerts,
because no beginning of a JSON value is a whole value at another place. Where it fails, brackets
and texts are followed one by one.
"""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b

import msgspec

from gateway.web.ingest.sources.body import read_json
from gateway.web.ingest.sources.parsed import BadAlert, BodyError

SMALL = 64 * 1024
"""Bytes up to which a body, a piece, or a window is handled at once: some milliseconds at worst."""

MOST_IN_PIECE = 4000
"""Values in a piece. A fault in each costs two microseconds."""

LONGEST_TEXT = SMALL
"""Bytes of a text; what is longer is cut before it is read. Not above SMALL: else a label would be
cut in a large body and not in one that is read at once, and name two alerts."""

LARGEST_ALERT = 1024 * 1024
"""Bytes of one alert after its texts were cut, and of all that stands beside the alerts."""

DEEPEST = 1000
"""Levels of nesting; orjson refuses a few more."""

MOST_OPENED = 500_000
"""Brackets followed one by one: each takes two microseconds. What senders write needs few."""

MOST_LISTS = 16
"""Times that the key of the alerts may stand in a body. The last one counts."""

_HEAD = LONGEST_TEXT - 512  # of a long text: what is left when it was cut
_BLANK = re.compile(rb"[ \t\r\n]*+")
_BETWEEN = re.compile(rb"\}[ \t\r\n]*+,[ \t\r\n]*+(?=\{)")
_TEXT = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_UP_TO_DELIMITER = re.compile(rb'[^",\[\]{}]*+(?:' + _TEXT + rb'[^",\[\]{}]*+)*+', re.DOTALL)
_UP_TO_BRACKET = re.compile(rb'[^"\[\]{}]*+(?:' + _TEXT + rb'[^"\[\]{}]*+)*+', re.DOTALL)
_REST_OF_TEXT = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
_HEX = rb"[0-9a-fA-F]"
_WHOLE_CHARACTERS = re.compile(
    rb'(?:[^"\\]++|\\[^u]'
    rb"|\\u(?![dD][89abAB])" + _HEX + rb"{4}"
    # The first half of a pair, with the second one if there is one.
    rb"|\\u" + _HEX + rb"{4}(?:\\u" + _HEX + rb"{4}|(?=[^\\]|\\[^u])))*+",
    re.DOTALL,
)
_QUOTE, _COMMA = b'",'
_OPENING, _CLOSING = b"[{", b"]}"
_LIST, _END_OF_LIST = b"[]"

_values = msgspec.json.Decoder(list[msgspec.Raw]).decode


@dataclass(frozen=True, slots=True)
class LongText:
    """A text that is too long: where it stands with its quotes, and a digest of its bytes."""

    start: int
    end: int
    digest: str


@dataclass(frozen=True, slots=True)
class Piece:
    """Some alerts of a body: where they stand, the index of the first, how many they are.

    `too_large` says that it is one alert which is not read.
    """

    start: int
    end: int
    first: int
    count: int
    cuts: tuple[LongText, ...] = ()
    too_large: bool = False


class TooManyError(BodyError):
    """The body holds more than is taken in one request (413)."""


class BodySplitter:
    """A large body that is cut into pieces."""

    def __init__(self, body: bytes, under: str, most: int) -> None:
        """`under` is the key of the list of alerts, "" where the body itself is that list.
        `most` bounds the alerts."""
        self.body = body
        self.pieces: list[Piece] = []
        self._key = re.compile(rb'[{,]\s*+"' + under.encode() + rb'"\s*+:\s*+\Z') if under else None
        self._most = most
        self._at = 0
        self._depth = 0
        self._list_depth = -1  # while inside the list: the depth of its values
        self._list = (0, 0)
        self._opened = self._lists = 0
        self._cuts: list[LongText] = []  # beside the list
        self._value_cuts: list[LongText] = []  # in the present value of the list
        self._piece_start = self._value_start = self._counted = (
            0  # of the piece, of its last value, of all
        )
        self._list_is_empty = True  # no value of the list was seen yet
        self._slow_until = 0

    @property
    def envelope(self) -> bytes:
        """The body without its alerts, cut where its texts are too long. Raises BodyError (422)."""
        start, end = self._list
        size = len(self.body) - (end - start) - sum(cut.end - cut.start for cut in self._cuts)
        if size > LARGEST_ALERT:
            raise BodyError(
                422, f"the body has no list of alerts, or over {LARGEST_ALERT:,} bytes beside it"
            )
        before = Piece(0, start, 0, 0, tuple(cut for cut in self._cuts if cut.end <= start))
        behind = Piece(
            end, len(self.body), 0, 0, tuple(cut for cut in self._cuts if cut.start >= end)
        )
        return self.written(before) + self.written(behind)

    def written(self, piece: Piece) -> bytes:
        """Return the bytes of a piece, with the long texts cut."""
        if not piece.cuts:
            return self.body[piece.start : piece.end]
        parts, at = [], piece.start
        for cut in piece.cuts:
            parts += [self.body[at : cut.start], self._shortened(cut)]
            at = cut.end
        return b"".join((*parts, self.body[at : piece.end]))

    def cut_notes(self, piece: Piece) -> list[BadAlert]:
        """Say what of a piece is not read as it was sent. A long text stands alone in its piece."""
        return [
            BadAlert(
                piece.first,
                "",
                f"a text of {cut.end - cut.start - 2:,} bytes was cut to its first {_HEAD:,}",
            )
            for cut in piece.cuts
        ]

    def _shortened(self, cut: LongText) -> bytes:
        body, stop = self.body, cut.start + 1 + _HEAD
        found = _WHOLE_CHARACTERS.match(body, cut.start + 1, stop)
        stop = found.end() if found else stop
        while stop > cut.start + 1 and body[stop] & 0xC0 == 0x80:  # never inside of a character
            stop -= 1
        size, digest = cut.end - cut.start - 2, cut.digest.encode()
        return b'%b\xe2\x80\xa6 (%d bytes, %b)"' % (body[cut.start : stop], size, digest)

    def find_pieces(self) -> Iterator[None]:
        """Find the pieces, a few milliseconds of work at a time. Raises BodyError (400 or 413)."""
        end = len(self.body)
        while self._at < end:
            yield
            if self._is_at_value() and self._take_window():
                continue
            yield from self._follow_brackets(min(self._at + SMALL, end))
        if self._depth:
            raise BodyError(400, "the body is not JSON: it ends within a list or an object")

    def _is_at_value(self) -> bool:
        return (
            self._depth == self._list_depth
            and self._value_start == self._at
            and self._at >= self._slow_until
        )

    def _take_window(self) -> bool:
        """Take the alerts up to the end of the window as a piece. Return False if in doubt."""
        body, start = self.body, self._skip_blank(self._at)
        stop = min(start + SMALL, len(body))
        self._slow_until = stop
        if body[start : start + 1] != b"{":
            return False
        ends = deque(_BETWEEN.finditer(body, start, stop), maxlen=1)
        last = ends.pop() if ends else None
        if last is not None and self._append_piece(start, last.start() + 1):
            self._at = self._piece_start = self._value_start = last.end()
            self._slow_until = 0
            return True
        close = body.rfind(b"}]", start, stop)
        if close < 0 or last is not None or not self._append_piece(start, close + 1):
            return False
        self._at = self._piece_start = self._value_start = close + 1
        self._close_list(close + 2)
        return True

    def _append_piece(self, start: int, end: int) -> bool:
        self._close_piece(self._value_start)
        try:
            count = len(_values(b"[%b]" % self.body[start:end]))
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
            return False
        self.pieces.append(Piece(start, end, self._counted, count))
        self._list_is_empty = False
        self._count(count)
        return True

    def _count(self, more: int) -> None:
        self._counted += more
        if self._counted > self._most:
            raise TooManyError(
                413, f"too many alerts at once: at most {self._most:,} in one request"
            )

    def _follow_brackets(self, until: int) -> Iterator[None]:
        """Follow brackets and texts one by one up to `until`."""
        body, end, steps = self.body, len(self.body), 0
        while self._at < until:
            steps += 1
            if steps % 1000 == 0:
                yield
            pattern = _UP_TO_DELIMITER if self._depth == self._list_depth else _UP_TO_BRACKET
            stop = min(self._at + SMALL, end)
            found = pattern.match(body, self._at, stop)
            at = found.end() if found else self._at
            self._at = at
            if at == stop:
                yield
                continue
            letter = body[at]
            if letter == _QUOTE:
                yield from self._long_text(at)
            elif letter in _OPENING:
                self._open(at)
            elif letter in _CLOSING:
                self._close(at)
                if self._is_at_value():
                    return
            else:
                self._end_value(at, more=True)
                if self._is_at_value():
                    return

    def _open(self, at: int) -> None:
        self._at = at + 1
        self._depth += 1
        self._opened += 1
        if self._depth > DEEPEST:
            raise BodyError(400, "the body is nested too deeply")
        if self._opened > MOST_OPENED:
            raise TooManyError(413, "the body holds too many lists and objects for one request")
        if self._list_depth >= 0 or self.body[at] != _LIST:
            return
        root = self._key is None and self._depth == 1
        if root or (
            self._key is not None
            and self._depth == 2
            and self._key.search(self.body, max(0, at - 128), at)
        ):
            # Of a key that stands twice the last one counts: what came before is dropped.
            self._lists += 1
            if self._lists > MOST_LISTS:
                raise BodyError(400, "the key of the alerts stands too often")
            self.pieces.clear()
            self._list_depth = self._depth
            self._list = (at + 1, at + 1)
            self._counted, self._list_is_empty = 0, True
            self._piece_start = self._value_start = at + 1

    def _close(self, at: int) -> None:
        if self._depth == self._list_depth:
            if self.body[at] != _END_OF_LIST:
                raise _misplaced(self.body, at)
            self._end_value(at, more=False)
            self._close_list(at + 1)
            return
        self._at = at + 1
        self._depth -= 1
        if self._depth < 0:
            raise _misplaced(self.body, at)

    def _close_list(self, at: int) -> None:
        """The list ended; `at` is behind its bracket."""
        self._list = (self._list[0], at - 1)
        self._list_depth = -1
        self._depth -= 1
        self._at = at

    def _end_value(self, at: int, *, more: bool) -> None:
        """A value of the list ends at a comma, or with the list; the piece may end with it."""
        start = self._skip_blank(self._value_start)
        self._at = at + 1
        if start >= at:
            if more or not self._list_is_empty:
                raise _misplaced(self.body, at)
            return
        self._list_is_empty = False
        cuts, self._value_cuts = self._value_cuts, []
        size = at - start - sum(cut.end - cut.start - _HEAD for cut in cuts)
        self._count(1)
        if size > SMALL or cuts:
            self._counted -= 1
            self._close_piece(self._value_start)
            self._counted += 1
            piece = Piece(start, at, self._counted - 1, 1, tuple(cuts), size > LARGEST_ALERT)
            if not piece.too_large:
                self._check(piece)
            self.pieces.append(piece)
            self._piece_start = at + 1
        elif at - self._piece_start >= SMALL or self._pending >= MOST_IN_PIECE or not more:
            self._close_piece(at)
            self._piece_start = at + 1
        self._value_start = at + 1

    @property
    def _pending(self) -> int:
        """How many values since the last piece."""
        last = self.pieces[-1] if self.pieces else None
        return self._counted - (last.first + last.count if last else 0)

    def _close_piece(self, end: int) -> None:
        """Make a piece of the values since the last one, up to `end` or the comma before it."""
        count = self._pending
        if not count:
            return
        stop = end - 1 if self.body[end - 1] == _COMMA and end == self._value_start else end
        piece = Piece(self._piece_start, stop, self._counted - count, count)
        self._check(piece)
        self.pieces.append(piece)
        self._piece_start = end

    def _check(self, piece: Piece) -> None:
        """Raise BodyError (400) unless a piece is JSON: then nothing of the body is taken."""
        written = b"[%b]" % self.written(piece)
        try:
            _values(written)
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
            try:
                read_json(written)
            except BodyError as error:
                place = _position(self.body, piece.start)
                raise BodyError(400, f"{error.message} of the part from {place} on") from None

    def _long_text(self, start: int) -> Iterator[None]:
        """Find the end of a text that goes beyond the window."""
        body, end, at = self.body, len(self.body), start + 1
        digest = blake2b(digest_size=16)
        while True:
            begin, stop = at, min(at + SMALL, end)
            found = _REST_OF_TEXT.match(body, at, stop)
            at = found.end() if found else at
            digest.update(memoryview(body)[begin:at])
            if at < end and body[at] == _QUOTE:
                break
            if stop == end:
                raise BodyError(400, "the body is not JSON: it ends within a text")
            yield
        self._at = at + 1
        if at - start - 1 > LONGEST_TEXT:
            cuts = self._cuts if self._list_depth < 0 else self._value_cuts
            cuts.append(LongText(start, at + 1, digest.hexdigest()))

    def _skip_blank(self, at: int) -> int:
        found = _BLANK.match(self.body, at, at + SMALL)
        end = found.end() if found else at
        if end - at >= SMALL:
            raise BodyError(400, f"the body has {SMALL:,} blanks in a row")
        return end


def _misplaced(body: bytes, at: int) -> BodyError:
    place = _position(body, at)
    return BodyError(400, f"the body is not JSON: {chr(body[at])!r} is out of place at {place}")


def _position(body: bytes, at: int) -> str:
    line, column = body.count(b"\n", 0, at) + 1, at - body.rfind(b"\n", 0, at)
    return f"line {line}, column {column}"

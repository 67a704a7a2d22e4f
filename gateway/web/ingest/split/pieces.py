"""Pieces of a body: a few alerts each, proven to be JSON, and counted."""

import re
from dataclasses import dataclass

import msgspec

from gateway.web.ingest.sources.body import read_json
from gateway.web.ingest.sources.parsed import BadAlert, BodyError
from gateway.web.ingest.split.long_texts import HEAD, LongText

WINDOW = 64 * 1024
"""Bytes up to which a body, a piece, or a window is handled at once: some milliseconds at worst."""

MOST_IN_PIECE = 4000
"""Values in a piece. Reporting a fault in each takes two microseconds."""

LARGEST_ALERT = 1024 * 1024
"""Bytes of one alert after its texts were shortened, and of everything beside the alerts."""

_BLANKS = re.compile(rb"[ \t\r\n]*+")
_COMMA = ord(",")
_values = msgspec.json.Decoder(list[msgspec.Raw]).decode


class TooManyError(BodyError):
    """The body holds more than one request may hold (413)."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some alerts of a body: their position, the index of the first, and their number.

    `too_large` marks a single alert that is not parsed.
    """

    start: int
    end: int
    first: int
    count: int
    long_texts: tuple[LongText, ...] = ()
    too_large: bool = False

    def written(self, body: bytes) -> bytes:
        """Return its bytes, with long texts shortened."""
        if not self.long_texts:
            return body[self.start : self.end]
        parts, at = [], self.start
        for text in self.long_texts:
            parts += [body[at : text.start], text.shortened(body)]
            at = text.end
        return b"".join((*parts, body[at : self.end]))

    def notes(self) -> list[BadAlert]:
        """Return a note for each shortened text. Such an alert is alone in its piece."""
        return [
            BadAlert(self.first, "", f"a text of {text.size:,} bytes was cut to its first {HEAD:,}")
            for text in self.long_texts
        ]


class PieceList:
    """The pieces of a list of alerts, collected while the body is scanned."""

    def __init__(self, body: bytes, most: int, *, window: int, most_in_piece: int) -> None:
        """Collect at most `most` alerts."""
        self.pieces: list[Piece] = []
        self.value_start = 0  # of the present value of the list
        self._body, self._most = body, most
        self._window, self._most_in_piece = window, most_in_piece
        self._piece_start = 0
        self._counted = 0  # values of the list
        self._is_empty = True
        self._long_texts: list[LongText] = []  # in the present value

    def begin(self, at: int) -> None:
        """Begin with a list whose bracket is before `at`; drop an earlier list."""
        self.pieces.clear()
        self._counted, self._is_empty = 0, True
        self.move_to(at)

    def move_to(self, at: int) -> None:
        """Let the next piece and its first value begin at `at`."""
        self._piece_start = self.value_start = at

    def add_long_text(self, text: LongText) -> None:
        """Add a long text of the present value."""
        self._long_texts.append(text)

    def append_window(self, start: int, end: int) -> bool:
        """Append several values as one piece if they are JSON; return whether they are."""
        self._close_piece(self.value_start)
        try:
            count = len(_values(b"[%b]" % self._body[start:end]))
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
            return False
        self.pieces.append(Piece(start, end, self._counted, count))
        self._is_empty = False
        self._count(count)
        return True

    def end_value(self, at: int, *, more: bool) -> None:
        """End a value of the list at `at`: a comma if there are `more`, else the list's bracket."""
        body = self._body
        start = skip_blanks(body, self.value_start, self._window)
        if start >= at:
            if more or not self._is_empty:
                raise misplaced(body, at)
            return
        self._is_empty = False
        long_texts, self._long_texts = self._long_texts, []
        size = at - start - sum(text.cut for text in long_texts)
        if size > self._window or long_texts:
            self._close_piece(self.value_start)
            self._count(1)
            is_too_large = size > LARGEST_ALERT
            piece = Piece(start, at, self._counted - 1, 1, tuple(long_texts), is_too_large)
            if not is_too_large:
                self._check(piece)
            self.pieces.append(piece)
            self._piece_start = at + 1
        else:
            self._count(1)
            is_full = at - self._piece_start >= self._window or self._pending >= self._most_in_piece
            if is_full or not more:
                self._close_piece(at)
                self._piece_start = at + 1
        self.value_start = at + 1

    @property
    def _pending(self) -> int:
        """Return the number of values since the last piece."""
        last = self.pieces[-1] if self.pieces else None
        return self._counted - (last.first + last.count if last else 0)

    def _count(self, more: int) -> None:
        self._counted += more
        if self._counted > self._most:
            text = f"too many alerts at once: at most {self._most:,} in one request"
            raise TooManyError(413, text)

    def _close_piece(self, end: int) -> None:
        """Make a piece of the values since the last one, up to `end` or the comma before it."""
        count = self._pending
        if not count:
            return
        stop = end - 1 if self._body[end - 1] == _COMMA and end == self.value_start else end
        piece = Piece(self._piece_start, stop, self._counted - count, count)
        self._check(piece)
        self.pieces.append(piece)
        self._piece_start = end

    def _check(self, piece: Piece) -> None:
        """Raise BodyError (400) unless a piece is JSON: then no alert of the body is accepted."""
        written = b"[%b]" % piece.written(self._body)
        try:
            _values(written)
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
            try:
                read_json(written)
            except BodyError as error:
                start = position(self._body, piece.start)
                raise BodyError(400, f"{error.message} of the part from {start} on") from None


def skip_blanks(body: bytes, at: int, window: int) -> int:
    """Return the position behind the blanks at `at`. Raise BodyError (400) for a window of them."""
    blanks = _BLANKS.match(body, at, at + window)
    end = blanks.end() if blanks else at
    if end - at >= window:
        raise BodyError(400, f"the body has {window:,} blanks in a row")
    return end


def misplaced(body: bytes, at: int) -> BodyError:
    """Return the error for a character that JSON does not allow at its position."""
    character = chr(body[at])
    text = f"the body is not JSON: {character!r} is misplaced at {position(body, at)}"
    return BodyError(400, text)


def position(body: bytes, at: int) -> str:
    """Return line and column of an offset, for messages."""
    line, column = body.count(b"\n", 0, at) + 1, at - body.rfind(b"\n", 0, at)
    return f"line {line}, column {column}"

"""Scan of a large body for its alerts, a window at a time, without parsing it as a whole.

A parser of JSON holds the interpreter from the first byte to the last, and builds every value
before anyone can count them. So a large body is scanned first: where its alerts begin and end, how
many they are, and which texts are too long. Only pieces of it are parsed.

The scan itself costs little Python: a window is cut behind the last ``},{`` in it, and validated
without building objects. That this succeeds proves that the cut is between two alerts, because no
beginning of a JSON value is a whole value at another position. Where it fails, brackets and texts
are followed one by one.
"""

import re
from collections import deque
from collections.abc import Iterator
from hashlib import blake2b

from gateway.web.ingest.sources.parsed import BodyError
from gateway.web.ingest.split.long_texts import LONGEST_TEXT, LongText
from gateway.web.ingest.split.pieces import (
    LARGEST_ALERT,
    MOST_IN_PIECE,
    WINDOW,
    Piece,
    PieceList,
    TooManyError,
    misplaced,
    skip_blanks,
)

DEEPEST = 1000
"""Levels of nesting; orjson refuses a few more."""

MOST_OPENED = 500_000
"""Brackets followed one by one: each takes two microseconds. Senders' bodies need few."""

MOST_LISTS = 16
"""Occurrences of the key of the alerts in a body. The last one counts."""

STEPS_AT_ONCE = 1000
"""Brackets and texts followed before other tasks get their turn: about two milliseconds."""

_BETWEEN = re.compile(rb"\}[ \t\r\n]*+,[ \t\r\n]*+(?=\{)")
_TEXT = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_UP_TO_DELIMITER = re.compile(rb'[^",\[\]{}]*+(?:' + _TEXT + rb'[^",\[\]{}]*+)*+', re.DOTALL)
_UP_TO_BRACKET = re.compile(rb'[^"\[\]{}]*+(?:' + _TEXT + rb'[^"\[\]{}]*+)*+', re.DOTALL)
_REST_OF_TEXT = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
_QUOTE = ord('"')
_OPENING, _CLOSING = b"[{", b"]}"
_LIST, _END_OF_LIST = b"[]"


class BodySplitter:
    """Cut a large body into pieces: run `find_pieces` to its end, then read `pieces`."""

    def __init__(
        self,
        body: bytes,
        key: str,
        most: int,
        *,
        window: int = WINDOW,
        most_in_piece: int = MOST_IN_PIECE,
    ) -> None:
        """Split the list under `key`; "" if the body is the list. `most` bounds the alerts."""
        self.body = body
        self._alerts = PieceList(body, most, window=window, most_in_piece=most_in_piece)
        self._key = re.compile(rb'[{,]\s*+"' + key.encode() + rb'"\s*+:\s*+\Z') if key else None
        self._window = window
        self._at = 0
        self._depth = 0
        self._list_depth = -1  # while inside the list: the depth of its values
        self._list = (0, 0)
        self._opened = self._lists = 0
        self._outer_texts: list[LongText] = []  # long texts beside the list
        self._slow_until = 0  # follow brackets up to here: the window could not be taken whole

    @property
    def pieces(self) -> list[Piece]:
        """Return the pieces found so far."""
        return self._alerts.pieces

    @property
    def envelope(self) -> bytes:
        """Return the body without its alerts, long texts shortened. Raise BodyError (422)."""
        start, end = self._list
        size = len(self.body) - (end - start)
        size -= sum(text.end - text.start for text in self._outer_texts)
        if size > LARGEST_ALERT:
            raise BodyError(
                422, f"the body has no list of alerts, or over {LARGEST_ALERT:,} bytes beside it"
            )
        before = tuple(text for text in self._outer_texts if text.end <= start)
        behind = tuple(text for text in self._outer_texts if text.start >= end)
        body = self.body
        head, tail = Piece(0, start, 0, 0, before), Piece(end, len(body), 0, 0, behind)
        return head.written(body) + tail.written(body)

    def find_pieces(self) -> Iterator[None]:
        """Find the pieces; each step takes a few milliseconds. Raise BodyError (400 or 413)."""
        end = len(self.body)
        while self._at < end:
            yield
            if self._is_at_value() and self._take_window():
                continue
            yield from self._follow_brackets(min(self._at + self._window, end))
        if self._depth:
            raise BodyError(400, "the body is not JSON: it ends within a list or an object")

    def _is_at_value(self) -> bool:
        return (
            self._depth == self._list_depth
            and self._alerts.value_start == self._at
            and self._at >= self._slow_until
        )

    def _take_window(self) -> bool:
        """Append the alerts of the window as one piece. Return False if that is not possible."""
        body, start = self.body, skip_blanks(self.body, self._at, self._window)
        stop = min(start + self._window, len(body))
        self._slow_until = stop
        if body[start : start + 1] != b"{":
            return False
        ends = deque(_BETWEEN.finditer(body, start, stop), maxlen=1)
        last = ends.pop() if ends else None
        if last is not None and self._alerts.append_window(start, last.start() + 1):
            self._at = last.end()
            self._alerts.move_to(self._at)
            self._slow_until = 0
            return True
        close = body.rfind(b"}]", start, stop)
        if close < 0 or last is not None or not self._alerts.append_window(start, close + 1):
            return False
        self._alerts.move_to(close + 1)
        self._close_list(close + 2)
        return True

    def _follow_brackets(self, until: int) -> Iterator[None]:
        """Follow brackets and texts one by one up to `until`, or to a value of the list."""
        body, end, steps = self.body, len(self.body), 0
        while self._at < until:
            steps += 1
            if steps % STEPS_AT_ONCE == 0:
                yield
            pattern = _UP_TO_DELIMITER if self._depth == self._list_depth else _UP_TO_BRACKET
            stop = min(self._at + self._window, end)
            skipped = pattern.match(body, self._at, stop)
            at = skipped.end() if skipped else self._at
            self._at = at
            if at == stop:
                yield
                continue
            character = body[at]
            if character == _QUOTE:
                yield from self._long_text(at)
                continue
            if character in _OPENING:
                self._open(at)
                continue
            if character in _CLOSING:
                self._close(at)
            else:
                self._at = at + 1
                self._alerts.end_value(at, more=True)
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
        if self._list_depth < 0 and self.body[at] == _LIST and self._is_list_of_alerts(at):
            # Of repeated keys the last one counts: the earlier list is dropped.
            self._lists += 1
            if self._lists > MOST_LISTS:
                raise BodyError(400, "the key of the alerts is repeated too often")
            self._list_depth = self._depth
            self._list = (at + 1, at + 1)
            self._alerts.begin(at + 1)

    def _is_list_of_alerts(self, at: int) -> bool:
        if self._key is None:
            return self._depth == 1
        return self._depth == 2 and bool(self._key.search(self.body, max(0, at - 128), at))

    def _close(self, at: int) -> None:
        if self._depth == self._list_depth:
            if self.body[at] != _END_OF_LIST:
                raise misplaced(self.body, at)
            self._alerts.end_value(at, more=False)
            self._close_list(at + 1)
            return
        self._at = at + 1
        self._depth -= 1
        if self._depth < 0:
            raise misplaced(self.body, at)

    def _close_list(self, at: int) -> None:
        """End the list; `at` is behind its bracket."""
        self._list = (self._list[0], at - 1)
        self._list_depth = -1
        self._depth -= 1
        self._at = at

    def _long_text(self, start: int) -> Iterator[None]:
        """Find the end of a text that reaches beyond the window."""
        body, end, at = self.body, len(self.body), start + 1
        digest = blake2b(digest_size=16)
        while True:
            begin, stop = at, min(at + self._window, end)
            rest = _REST_OF_TEXT.match(body, at, stop)
            at = rest.end() if rest else at
            digest.update(memoryview(body)[begin:at])
            if at < end and body[at] == _QUOTE:
                break
            if stop == end:
                raise BodyError(400, "the body is not JSON: it ends within a text")
            yield
        self._at = at + 1
        if at - start - 1 > LONGEST_TEXT:
            text = LongText(start, at + 1, digest.hexdigest())
            if self._list_depth < 0:
                self._outer_texts.append(text)
            else:
                self._alerts.add_long_text(text)

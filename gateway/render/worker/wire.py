"""Frames on the socket between the gateway and its render process.

Requests are pickled: the gateway writes them, and it is trusted. Answers are JSON, because they
come from a process that runs foreign templates.
"""

import json
import pickle
import socket
from typing import Any

from gateway.render.request import RenderRequest

HEADER = 4
"""Bytes before each frame: its length, big-endian."""

MAX_RESPONSE_BYTES = 32_000_000
"""Bytes of an answer; a longer one means that the two sides are out of step."""

Answer = dict[str, Any]


def details_of(request: RenderRequest) -> tuple[Any, ...]:
    """Return what the render process needs of a request."""
    target = request.target
    address = (target.channel, target.address, target.person, target.account)
    parts, links = tuple(request.parts), tuple(request.links)
    return (
        request.facts,
        address,
        parts,
        links,
        request.zone,
        request.kind,
        request.reason,
        request.takes_replies,
    )


def pack_request(request: tuple[Any, ...]) -> bytes:
    """Return the frame of a request."""
    return _framed(pickle.dumps(request, protocol=5))


def pack_answer(answer: Answer) -> bytes:
    """Return the frame of an answer."""
    return _framed(json.dumps(answer).encode("ascii"))


def read_request(channel: socket.socket) -> tuple[Any, ...] | None:
    """Wait for the next request. Return None when the gateway has closed its end."""
    try:
        header = _exactly(channel, HEADER)
        request: tuple[Any, ...] = pickle.loads(  # noqa: S301  # written by pack_request only
            _exactly(channel, int.from_bytes(header, "big"))
        )
    except (EOFError, ConnectionError):
        return None
    return request


def read_answer(channel: socket.socket) -> Answer:
    """Wait for the next answer. Raises EOFError, OSError (TimeoutError) or ValueError."""
    return unpack_answer(_exactly(channel, answer_length(_exactly(channel, HEADER))))


def answer_length(header: bytes) -> int:
    """Return the length that an answer's header announces.

    Raises ValueError beyond the limit.
    """
    length = int.from_bytes(header, "big")
    if length > MAX_RESPONSE_BYTES:
        raise ValueError(f"an answer of {length} bytes")
    return length


def unpack_answer(content: bytes) -> Answer:
    """Return the answer in a frame. Raises ValueError if it holds something else."""
    answer = json.loads(content)
    if not isinstance(answer, dict):
        raise ValueError("not an answer")
    return answer


def _framed(content: bytes) -> bytes:
    return len(content).to_bytes(HEADER, "big") + content


def _exactly(channel: socket.socket, length: int) -> bytes:
    parts = []
    while length:
        part = channel.recv(min(length, 1 << 20))
        if not part:
            raise EOFError("the other side closed")
        parts.append(part)
        length -= len(part)
    return b"".join(parts)

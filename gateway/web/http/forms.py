"""Forms of pages: small, urlencoded, read in bounded time."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from aiohttp import web

from gateway.web.http.bodies import read_body
from gateway.web.http.errors import RequestError

LARGEST = 64 * 1024
MOST_FIELDS = 50

FORM = "application/x-www-form-urlencoded"


async def read_form(request: web.Request) -> Mapping[str, str]:
    """Return the fields of the form; of equal names the first counts.

    A missing body is an empty form. Bytes that are not UTF-8 become U+FFFD, as in a browser. Raise
    RequestError: 408, 413, 415 for another content type, 400 for too many fields.
    """
    body = await read_body(request, LARGEST)
    if not body:
        return {}
    if request.content_type not in (FORM, "application/octet-stream"):
        raise RequestError(
            415,
            f"this page takes forms as {FORM}",
            [{"field": "Content-Type", "message": "reload the page and send its form again"}],
        )
    try:
        pairs = parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS
        )
    except ValueError:
        raise RequestError(400, f"the form has more than {MOST_FIELDS} fields") from None
    fields: dict[str, str] = {}
    for name, value in pairs:
        fields.setdefault(name, value)
    return fields

"""Client of a running gateway's HTTP API."""

import json
from collections.abc import Callable
from typing import Any, TypeVar
from urllib import error as urllib_error
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, ProxyHandler, Request, build_opener

import click

from gateway.cli.support.context import CliContext, CliError
from gateway.cli.support.output import echo_error
from gateway.core.plan.accounts import Secret
from gateway.core.text.escape import one_line

T = TypeVar("T")

TIMEOUT = 30.0
"""Seconds to wait for an answer."""

MAX_BYTES = 64 * 1024 * 1024
"""Bytes read of an answer. A longer one is cut off, and then it is not JSON."""

url_option = click.option(
    "--url",
    metavar="URL",
    help="The gateway to ask.  [default: $GATEWAY_LISTEN, else $GATEWAY_EXTERNAL_URL, "
    "else http://127.0.0.1:9095]",
)


def number_argument(ctx: click.Context, param: click.Parameter, value: str | None) -> int | None:
    """Convert the value of an argument, as click's callback: see `read_incident_number`."""
    return None if value is None else read_incident_number(value)


def read_incident_number(text: str) -> int:
    """Return the number of an incident written as 1042 or #1042. Raises click.UsageError."""
    digits = text.removeprefix("#")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 15):
        raise click.UsageError(f"{text!r} is not an incident number: write a number such as 1042")
    return int(digits)


class _NoRedirect(HTTPRedirectHandler):
    """Refuses redirects, because one would send the token to the host that it names."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


class Api:
    """A gateway. Every method raises CliError, saying what to do, where there is no good answer."""

    def __init__(self, url: str, token: Secret | None, timeout: float = TIMEOUT) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise click.UsageError(f"--url {url!r} is not an address: write http://HOST:PORT")
        if parts.username or parts.password:
            raise click.UsageError("--url: put the token into GATEWAY_API_TOKEN, not into the URL")
        self.url = url.rstrip("/")
        self._token = token
        self._timeout = timeout
        # No proxies of the environment: the gateway is on this machine or in this network.
        self._opener: OpenerDirector = build_opener(ProxyHandler({}), _NoRedirect())

    def with_timeout(self, timeout: float) -> "Api":
        """Return a client that waits for so many seconds for an answer that takes long."""
        return Api(self.url, self._token, timeout)

    def get(self, path: str, **query: str | int | None) -> Any:
        """Return the JSON at ``/api/v1`` + path. Parameters that are None are omitted."""
        parameters = urlencode({name: value for name, value in query.items() if value is not None})
        return self._request(
            "GET", f"/api/v1{path}" + (f"?{parameters}" if parameters else ""), None
        )

    def post(self, path: str, body: Any) -> Any:
        """Post JSON and return the answer."""
        return self._request("POST", f"/api/v1{path}", json.dumps(body).encode())

    def delete(self, path: str) -> Any:
        """Send a DELETE and return the answer."""
        return self._request("DELETE", f"/api/v1{path}", None)

    def _request(self, method: str, path: str, body: bytes | None) -> Any:
        headers = {"Accept": "application/json", "User-Agent": "gateway-cli"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token.reveal()}"
        request = Request(self.url + path, data=body, headers=headers, method=method)  # noqa: S310  # the scheme is checked above
        try:
            with self._opener.open(request, timeout=self._timeout) as answer:
                return self._read(answer.read(MAX_BYTES))
        except urllib_error.HTTPError as error:
            with error:
                raise self._api_error(error.code, error.read(MAX_BYTES)) from None
        except (urllib_error.URLError, OSError, TimeoutError) as error:
            raise CliError(self._no_connection(error)) from None

    def _read(self, raw: bytes) -> Any:
        try:
            return json.loads(raw)
        except ValueError:
            raise CliError(
                f"the server at {self.url} is not a gateway: its answer is not JSON"
            ) from None

    def _api_error(self, status: int, raw: bytes) -> CliError:
        try:
            body = json.loads(raw)
            text = str(body["error"])
            detail = body.get("detail") or ()
            messages = [str(item.get("message", "")) for item in detail]
            fields = frozenset(str(item.get("field", "")) for item in detail)
        except (ValueError, KeyError, TypeError, AttributeError):
            return CliError(f"{self.url} answers with status {status}: is it a gateway?")
        heading = one_line(text, 300)
        more = [part for part in messages if part and part not in text]
        text = "; ".join(one_line(part, 300) for part in (text, *more) if part)
        if status == 401:
            text += ". Set GATEWAY_API_TOKEN to the value that the gateway was started with"
        return ApiError(status, text, heading, fields)

    def _no_connection(self, error: Exception) -> str:
        reason = getattr(error, "reason", error)
        text = reason.strerror if isinstance(reason, OSError) else None
        text = text or str(reason) or type(reason).__name__
        return (
            f"no gateway answers at {self.url} ({text}). Start one with `gateway serve`, or give "
            "its address with --url"
        )


class ApiError(CliError):
    """The gateway answered with an error.

    `heading` is the message without its details; `fields` are the fields that the details name.
    """

    def __init__(
        self, status: int, message: str, heading: str = "", fields: frozenset[str] = frozenset()
    ) -> None:
        super().__init__(message)
        self.status = status
        self.heading = heading or message
        self.fields = fields


def api_of(context: CliContext, url: str | None) -> Api:
    """Return the client for ``--url``, else for the address in the settings."""
    settings = context.settings()
    if url is None:
        # The address to listen on needs no proxy in between, unlike the one that browsers use.
        listens_here = bool(context.env.get("GATEWAY_LISTEN"))
        url = settings.local_url if listens_here else settings.external_url
    return Api(url, settings.api_token)


def ask_or_none(url: str | None, ask: Callable[[], T]) -> T | None:
    """Return what a running gateway answers; None, which standard error says, if none answers.

    `url` is the option --url: a gateway that was named must answer. Raises CliError.
    """
    try:
        return ask()
    except ApiError:
        raise
    except CliError as error:
        if url is not None:
            raise
        problem = error.message.partition(". ")[0]
        echo_error(f"{problem}: reading the file, without run-time changes; turns as if new")
        return None

"""JSON of the APIs of Prometheus and Alertmanager."""

import json
from pathlib import Path
from typing import Any
from urllib import error as urllib_error
from urllib.parse import urlencode, urlsplit
from urllib.request import ProxyHandler, Request, build_opener

import click

from gateway.cli.support.context import CliError

TIMEOUT = 120.0
"""Seconds to wait for an answer: Prometheus reads a day of all alerts for it."""

MAX_BYTES = 512 * 1024 * 1024


class Peer:
    """An API over HTTP, with the token in a file where it needs one."""

    def __init__(self, option: str, url: str, token_file: Path | None) -> None:
        """Raises click.UsageError for an invalid address and CliError for an unreadable file."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise click.UsageError(f"{option} {url!r} is not an address: write http://HOST:PORT")
        if parts.username or parts.password:
            raise click.UsageError(
                f"{option}: put the token into a file, and name it: --token-file"
            )
        self._option = option
        self._url = url.rstrip("/")
        self._headers = {"Accept": "application/json", "User-Agent": "gateway-cli"}
        self._opener = build_opener(ProxyHandler({}))
        if token_file is not None:
            try:
                token = token_file.read_text().strip()
            except (OSError, UnicodeDecodeError) as error:
                why = getattr(error, "strerror", None) or "not text"
                raise CliError(f"--token-file {token_file}: {why}") from None
            self._headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str, **query: str | float) -> Any:
        """Return the JSON at a path. Raises CliError."""
        url = f"{self._url}{path}" + (f"?{urlencode(query)}" if query else "")
        request = Request(url, headers=self._headers)  # noqa: S310  # the scheme is checked above
        try:
            with self._opener.open(request, timeout=TIMEOUT) as answer:
                return json.loads(answer.read(MAX_BYTES))
        except urllib_error.HTTPError as error:
            with error:
                raise CliError(
                    f"{self._option}: {self._url} answers with status {error.code}"
                ) from None
        except (urllib_error.URLError, OSError, TimeoutError) as error:
            reason = getattr(error, "reason", error)
            raise CliError(f"{self._option}: nothing answers at {self._url} ({reason})") from None
        except ValueError:
            raise CliError(f"{self._option}: the answer of {self._url} is not JSON") from None

"""Requests of Apprise's plugins over the channels' HTTP client.

The plugins call functions of the module `requests`, which would follow redirects, use the
environment's proxies, connect to private addresses, and wait without a total deadline. In each of
their modules the name `requests` is replaced by an object of the same form. It sends by the
transport of the call that runs in this thread, and remembers the last answer: the library itself
says only that it failed.
"""

import importlib
import sys
import threading
import warnings
from contextvars import ContextVar
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import requests

from gateway.channels.support.connection_errors import NoResponseError
from gateway.channels.support.sdk_transport import SdkTransport
from gateway.core.incidents.retry import SendError

PACKAGE = "apprise"
_lock = threading.Lock()
_adopted: set[str] = set()


@dataclass
class Exchange:
    """The requests of one call: how they are sent, and how the last one ended."""

    transport: SdkTransport
    response: requests.Response | None = None
    failure: SendError | None = None


_exchange: ContextVar[Exchange] = ContextVar("apprise_exchange")


class PluginRequests:
    """The module `requests` as plugins see it. Its other names are those of the module."""

    def __getattr__(self, name: str) -> Any:
        return getattr(requests, name)

    def request(self, method: str, url: str, **arguments: Any) -> requests.Response:
        """Make one request; raises RequestException, as `requests` does."""
        exchange = _exchange.get()
        ours = ("timeout", "verify", "proxies", "cert", "stream", "allow_redirects")
        arguments = {key: value for key, value in arguments.items() if key not in ours}
        with requests.Session() as session:
            session.trust_env = False  # .netrc and proxies
            for prefix in ("http://", "https://"):
                session.mount(prefix, exchange.transport)
            try:
                response = session.request(method, url, allow_redirects=False, **arguments)
            except NoResponseError as error:
                exchange.response, exchange.failure = None, error.failure
                raise
        exchange.response, exchange.failure = response, None
        return response

    def get(self, url: str, params: Any = None, **arguments: Any) -> requests.Response:
        """Make a GET request."""
        return self.request("GET", url, params=params, **arguments)

    def post(
        self, url: str, data: Any = None, json: Any = None, **arguments: Any
    ) -> requests.Response:
        """Make a POST request."""
        return self.request("POST", url, data=data, json=json, **arguments)

    def put(self, url: str, data: Any = None, **arguments: Any) -> requests.Response:
        """Make a PUT request."""
        return self.request("PUT", url, data=data, **arguments)

    def patch(self, url: str, data: Any = None, **arguments: Any) -> requests.Response:
        """Make a PATCH request."""
        return self.request("PATCH", url, data=data, **arguments)

    def delete(self, url: str, **arguments: Any) -> requests.Response:
        """Make a DELETE request."""
        return self.request("DELETE", url, **arguments)

    def head(self, url: str, **arguments: Any) -> requests.Response:
        """Make a HEAD request."""
        return self.request("HEAD", url, **arguments)

    def Session(self) -> requests.Session:  # the module's name
        """Refuse: a session would send by itself."""
        raise requests.RequestException("sessions are not used here")


def begin(transport: SdkTransport) -> Exchange:
    """Return the exchange of a call, which is in force in this thread until the call ends."""
    exchange = Exchange(transport)
    _exchange.set(exchange)
    return exchange


def load_library() -> ModuleType:
    """Import the library with all plugins, and replace `requests` in its modules.

    Takes a third of a second and 45 MB when it is called first. Any thread. Raises ImportError.
    """
    with _lock, warnings.catch_warnings():
        # It imports `imghdr`, which is deprecated. The filters are those of the process, and only
        # the first call imports anything.
        warnings.simplefilter("ignore", DeprecationWarning)
        library = importlib.import_module(PACKAGE)
        importlib.import_module(f"{PACKAGE}.manager_plugins").NotificationManager().load_modules()
        _replace_requests()
    return library


def _replace_requests() -> None:
    """Replace `requests` in the modules of the library that were imported since the last call."""
    shim = PluginRequests()
    for name, module in list(sys.modules.items()):
        inside = name == PACKAGE or name.startswith(f"{PACKAGE}.")
        if inside and name not in _adopted:
            if vars(module).get("requests") is requests:
                vars(module)["requests"] = shim
            _adopted.add(name)

"""Failures without a response: one table for every channel.

Only the class of an error is named, because the texts of aiohttp and requests hold whole URLs.
"""

from concurrent.futures import CancelledError

import aiohttp
import requests
from requests import exceptions as broken

from gateway.channels.support.client import RedirectError, ResponseTooLargeError
from gateway.channels.support.private_addresses import PrivateAddressError
from gateway.core.errors import GatewayError
from gateway.core.incidents.retry import Failure, SendError


class NoResponseError(GatewayError, requests.RequestException):
    """Raised in SDKs that use requests, in place of a response."""

    def __init__(self, failure: SendError) -> None:
        super().__init__(str(failure))
        self.failure = failure


def connection_failure(error: BaseException) -> SendError:
    """Return the failure for an error of aiohttp, requests or the socket."""
    if isinstance(error, NoResponseError):
        return error.failure
    if isinstance(error, aiohttp.ClientError | CancelledError):
        return _never_connected(error) or _broken(error)
    if isinstance(error, TimeoutError | broken.ReadTimeout):
        return SendError(Failure.TIMEOUT, "no answer in time", perhaps=True)
    what = type(error).__name__
    if isinstance(error, PrivateAddressError):
        return SendError(Failure.MISCONFIGURED, str(error))
    if isinstance(error, broken.InvalidURL | broken.MissingSchema | broken.InvalidSchema):
        return SendError(Failure.MISCONFIGURED, f"the api_url cannot be used ({what})")
    if isinstance(error, requests.RequestException):
        return SendError(Failure.CONNECTION, f"the request failed ({what})", perhaps=True)
    if isinstance(error, OSError):
        return SendError(Failure.CONNECTION, f"the connection broke ({what})", perhaps=True)
    return SendError(Failure.INTERNAL, f"sending failed with {what}", perhaps=True)


def _never_connected(error: BaseException) -> SendError | None:
    """Return the failure of a connection that was never made, or None.

    Nothing was delivered.
    """
    if isinstance(error, aiohttp.ClientHttpProxyError):
        detail = f"the proxy answered {error.status}"
        mend = error.status in (401, 403, 407)
        return SendError(Failure.MISCONFIGURED if mend else Failure.CONNECTION, detail)
    if isinstance(error, aiohttp.ClientConnectorCertificateError):  # has no os_error
        return SendError(Failure.CONNECTION, "cannot connect (the certificate is not trusted)")
    if isinstance(error, aiohttp.ClientConnectorError):
        if isinstance(error.os_error, PrivateAddressError):
            return SendError(Failure.MISCONFIGURED, str(error.os_error))
        what = type(error.os_error).__name__
        if isinstance(error, aiohttp.ClientProxyConnectionError):
            return SendError(Failure.CONNECTION, f"cannot connect to the proxy ({what})")
        if isinstance(error, aiohttp.ClientConnectorDNSError):
            return SendError(Failure.CONNECTION, f"the host's name has no address ({what})")
        return SendError(Failure.CONNECTION, f"cannot connect ({what})")
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return SendError(Failure.CONNECTION, "cannot connect in time")
    if isinstance(error, aiohttp.InvalidURL):
        return SendError(Failure.MISCONFIGURED, "the URL cannot be used")
    return None


def _broken(error: BaseException) -> SendError:
    """Return the failure of a broken connection, after which delivery is uncertain."""
    if isinstance(error, RedirectError):
        return SendError(Failure.MISCONFIGURED, "the vendor answers with a redirect")
    if isinstance(error, TimeoutError):
        return SendError(Failure.TIMEOUT, "no answer in time", perhaps=True)
    if isinstance(error, ResponseTooLargeError):
        return SendError(Failure.BAD_ANSWER, "the answer is larger than 1 MB", perhaps=True)
    what = type(error).__name__
    if isinstance(error, aiohttp.ClientPayloadError | aiohttp.ClientResponseError):
        return SendError(Failure.BAD_ANSWER, f"the answer broke off ({what})", perhaps=True)
    if isinstance(error, CancelledError):
        return SendError(Failure.CONNECTION, "the channel was closed meanwhile", perhaps=True)
    return SendError(Failure.CONNECTION, f"the connection broke ({what})", perhaps=True)

"""What it means when requests gets no answer. For the channels whose SDKs use it."""

import requests
from requests import exceptions as broken

from gateway.core.delivery import Failure, SendError


def no_answer(error: Exception) -> SendError:
    """The failure that this error of requests stands for.

    Only the kind of the error is told: requests' texts hold whole URLs.
    """
    what = type(error).__name__
    if isinstance(error, broken.ConnectTimeout | broken.ProxyError | broken.SSLError):
        return SendError(Failure.CONNECTION, f"cannot connect ({what})")
    if isinstance(error, broken.ReadTimeout):
        return SendError(Failure.TIMEOUT, "no answer in time", perhaps=True)
    if isinstance(error, broken.InvalidURL | broken.MissingSchema | broken.InvalidSchema):
        return SendError(Failure.MISCONFIGURED, f"the api_url cannot be used ({what})")
    if isinstance(error, broken.ConnectionError):
        # requests calls "nobody listens" and "hung up on us" the same; urllib3 tells them apart.
        if _never_connected(error):
            return SendError(Failure.CONNECTION, f"cannot connect ({what})")
        return SendError(Failure.CONNECTION, f"the connection broke ({what})", perhaps=True)
    if isinstance(error, requests.RequestException):
        return SendError(Failure.CONNECTION, f"the request failed ({what})", perhaps=True)
    return SendError(Failure.INTERNAL, f"sending failed with {what}", perhaps=True)


def _never_connected(error: Exception) -> bool:
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return type(reason).__name__ in ("NewConnectionError", "NameResolutionError")

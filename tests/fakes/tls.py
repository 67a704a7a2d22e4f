"""TLS for fakes: a certificate of localhost, made for this run, which only these tests trust."""

import ssl
from functools import cache

import trustme


@cache
def _authority() -> trustme.CA:
    return trustme.CA()


@cache
def server_context() -> ssl.SSLContext:
    """Return the context that a fake serves with."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _authority().issue_cert("127.0.0.1", "localhost").configure_cert(context)
    return context


def client_context() -> ssl.SSLContext:
    """Return a context that trusts the fakes."""
    context = ssl.create_default_context()
    _authority().configure_trust(context)
    return context


def authority_pem() -> str:
    """Return the certificate that vouches for the fakes, as a file would have it."""
    return _authority().cert_pem.bytes().decode()

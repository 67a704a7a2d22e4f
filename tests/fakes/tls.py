"""TLS for fakes: a certificate of localhost that nothing but these tests trusts."""

import ssl
from pathlib import Path

PEM = Path(__file__).with_name("tls.pem")
"""Key and certificate, made with `openssl req -x509` for 127.0.0.1 and localhost."""


def server_context() -> ssl.SSLContext:
    """What a fake serves with."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(PEM)
    return context


def client_context() -> ssl.SSLContext:
    """What trusts the fakes."""
    return ssl.create_default_context(cafile=str(PEM))

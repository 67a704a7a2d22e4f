"""Which servers the channels trust."""

import ssl

from requests.utils import DEFAULT_CA_BUNDLE_PATH


def tls_context(authorities: str = "") -> ssl.SSLContext:
    """Return a context that checks certificates and host names.

    `authorities` are PEM certificates to trust in place of the system's, else certifi's. Raises
    ssl.SSLError for what cannot be read.
    """
    context = ssl.create_default_context(cadata=authorities or None)
    if not authorities and not context.cert_store_stats()["x509_ca"]:
        context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
    return context

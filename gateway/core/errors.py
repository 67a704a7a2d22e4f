"""The base of all errors that the gateway defines."""


class GatewayError(Exception):
    """An error that the gateway raises on purpose, with a text that says what is wrong.

    Subclasses that callers may catch as an error of the standard library or of an SDK derive from
    that class too.
    """

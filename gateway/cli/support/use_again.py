"""Contacts that a test message has reached: the running gateway uses them again."""

from collections.abc import Iterable

from gateway.cli.support.api_client import ApiError, api_of
from gateway.cli.support.context import CliContext, CliError
from gateway.cli.support.output import echo_error
from gateway.core.plan.plan import Target

ACTOR = "program:send-test"


def use_again(context: CliContext, targets: Iterable[Target]) -> list[str]:
    """Clear those targets that the running gateway does not use; return their keys.

    Without a running gateway there is nothing to clear. One that refuses is named on stderr.
    """
    keys = {target.key.casefold() for target in targets}
    if not keys:
        return []
    try:
        api = api_of(context, None)
        unusable = [one["target"] for one in api.get("/contacts")["contacts"]]
        cleared = [key for key in unusable if key.casefold() in keys]
        for key in cleared:
            api.post("/contacts/clear", {"target": key, "as": ACTOR})
    except ApiError as error:
        echo_error(f"gateway: contacts that are not used stay so: {error.message}")
        return []
    except CliError:
        return []
    return cleared

"""The accounts of a valid file, and whether each can send."""

from gateway.config.load import Config
from gateway.core.plan.accounts import ChannelSettings

SENDS = "sends"
PRINTS = "prints on the console"
LACKS_CREDENTIAL = "cannot send, its token is empty"


def accounts_in_use(config: Config) -> list[tuple[ChannelSettings, str]]:
    """Return the accounts that a target or contact uses, and what becomes of messages to each."""
    plan = config.plan
    used = {target.account for one in plan.receivers.values() for target in one.targets}
    used |= {one.account for person in plan.people.values() for one in person.contacts.values()}
    return [(one, _ability(one)) for one in config.channels.values() if one.name in used]


def _ability(account: ChannelSettings) -> str:
    if "lacks" in account.options:
        return LACKS_CREDENTIAL
    if "console" in (account.type, account.options.get("provider")):
        return PRINTS
    return SENDS

"""Mirror of who is on call: topics of channels and user groups, kept equal to the rotas."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from gateway.channels.contract import ShowsOnCall
from gateway.core.alerts.own_alerts import MIRROR_FAILING
from gateway.core.incidents.retry import SendError
from gateway.core.oncall.rota import on_call
from gateway.core.plan.accounts import account_key
from gateway.core.plan.channels import SLACK
from gateway.core.plan.plan import Plan
from gateway.flow.own_alerts.reporter import OwnAlerts
from gateway.flow.runtime.wake import wait_for_wake
from gateway.store import Store
from gateway.store.state import shared_work

EVERY = 15.0
"""Seconds between two rounds; one replica does each. Longer than the requests of a round take, so
two replicas never compare at once and set the same topic twice."""

COMPARE_EVERY = 300.0
"""Seconds after which a topic or group is compared although the rota did not change: people edit
them, and a refused one is tried again. Slack allows about 20 such requests a minute."""

log = logging.getLogger(__name__)


class Display(NamedTuple):
    """One thing that shows who is on call, and what it must show now.

    `name` is what people call it. A topic has a `channel`, a group a `group`.
    """

    name: str
    account: str
    people: tuple[str, ...]
    label: str = ""
    channel: str = ""
    group: str = ""


class OnCallMirror:
    """Keeps displays equal to the rotas. Its failures never touch a page. Event loop only."""

    def __init__(
        self,
        store: Store,
        plan: Callable[[], Plan],
        now: Callable[[], float],
        account: Callable[[str], ShowsOnCall | None],
        own_alerts: OwnAlerts,
    ) -> None:
        """`account` returns the account of a key, None if it cannot show who is on call."""
        self._store = store
        self._plan = plan
        self._now = now
        self._account = account
        self._own_alerts = own_alerts
        self._shown: dict[str, tuple[Display, float]] = {}  # by name: what was shown, and when
        self._failing: set[str] = set()
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Compare all displays now, because the configuration may have been mended."""
        self._shown.clear()
        self._wake.set()

    async def run(self, mark_healthy: Callable[[], None]) -> None:
        """Compare until cancelled."""
        while True:
            self._wake.clear()
            await self.check_once()
            mark_healthy()
            await wait_for_wake(self._wake, EVERY)

    async def check_once(self) -> None:
        """Update what shows other people than those on call, if it is this replica's turn."""
        plan, now = self._plan(), self._now()
        displays = list(_displays(plan, now))
        for name in self._failing - {one.name for one in displays}:
            self._failing.discard(name)
            self._own_alerts.clear(MIRROR_FAILING, {"subject": name})
        due = [one for one in displays if self._is_due(one, now)]
        if not due:
            return
        take = partial(shared_work.take, name="on_call_mirror", now=now, seconds=EVERY)
        if not await self._store.write(take):
            return
        for one in due:
            await self._show(one)
            self._shown[one.name] = (one, now)

    def _is_due(self, display: Display, now: float) -> bool:
        shown = self._shown.get(display.name)
        return shown is None or shown[0] != display or now - shown[1] >= COMPARE_EVERY

    async def _show(self, display: Display) -> None:
        account = self._account(account_key(SLACK.name, display.account))
        if account is None:
            return  # printed on the console instead: there is nothing to show it in
        try:
            if display.group:
                changed = await account.show_members(display.group, display.people)
            else:
                names = ", ".join(display.people) or "nobody"
                changed = await account.show_topic(display.channel, display.label, names)
        except SendError as error:
            self._failed(display.name, str(error))
            return
        if changed:
            log.info("%s shows who is on call now", display.name)
        self._failing.discard(display.name)
        self._own_alerts.clear(MIRROR_FAILING, {"subject": display.name})

    def _failed(self, name: str, error: str) -> None:
        if name not in self._failing:
            log.error("%s does not show who is on call: %s", name, error)
        self._failing.add(name)
        self._own_alerts.raise_condition(MIRROR_FAILING, {"subject": name}, {"error": error})


def _displays(plan: Plan, now: float) -> Iterator[Display]:
    for name, news in plan.on_call_news.items():
        rota = plan.rotas.get(name)
        if rota is None:
            continue
        people = on_call(rota, now)
        if news.usergroup:
            ids = tuple(one for person in people if (one := _slack_id(plan, person)))
            yield Display(f"user group {news.usergroup}", SLACK.name, ids, group=news.usergroup)
        receiver = plan.receivers.get(news.announce or "")
        for target in receiver.targets if receiver and news.topic else ():
            if target.channel == SLACK.name:
                yield Display(
                    f"the topic of {target.address}",
                    target.account,
                    tuple(plan.name_of(one) for one in people),
                    label=f"On call for {name}",
                    channel=target.address,
                )


def _slack_id(plan: Plan, person: str) -> str:
    """Return a person's Slack id, empty if they have none."""
    known = plan.people.get(person)
    contacts = known.contacts.values() if known else ()
    return next((one.address for one in contacts if one.channel == SLACK.name), "")

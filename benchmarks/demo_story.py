"""The story of the demonstration: one answered, one not, one that keeps another quiet, the end."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from benchmarks.demo_causes import Causes
from benchmarks.demo_screen import Screen
from benchmarks.demo_watch import Watch
from tests.endtoend.world import World
from tests.processes.harness import request

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Story:
    """Its chapters, in order."""

    def __init__(
        self, world: World, causes: Causes, watch: Watch, screen: Screen, reading: float
    ) -> None:
        """`reading`: seconds between what happens and what a person does about it."""
        self._world, self._causes, self._watch, self._screen = world, causes, watch, screen
        self._reading = reading

    def tell(self) -> None:
        """All of it."""
        self.somebody_answers()
        self.nobody_answers()
        self.one_speaks_for_the_other()
        self.all_is_put_right()

    def somebody_answers(self) -> None:
        """Ana is on call and takes it by the link in her mail."""
        self._screen.chapter(
            "A customer is charged twice",
            "Critical: PagerDuty, Slack, both mailboxes, and Ana, who is on call. She takes it.",
        )
        self._causes.trip("DoubleChargeDetected")
        number = self._fires("DoubleChargeDetected", "ana@example.com")
        self._screen.say("\n   Ana reads:")
        self._screen.quote(self._mail(number, "ana@example.com"))
        self._take(number, "ana@example.com", "Ana")

    def nobody_answers(self) -> None:
        """The escalation goes on to Ben."""
        self._screen.chapter(
            "A renewal run fails, and nobody answers",
            "Ana is told first. She does not answer, so the next step of the escalation is due.",
        )
        self._causes.trip("RenewalCronFailed")
        number = self._fires("RenewalCronFailed", "ana@example.com")
        self._watch.until(
            "Ben is told",
            lambda: self._told(number, "ben@example.com") or self._acknowledged(number),
        )
        self._take(number, "ben@example.com", "Ben")

    def one_speaks_for_the_other(self) -> None:
        """Inhibition: kept quiet, and said why."""
        self._screen.chapter(
            "The database is down, and billing is slow",
            "Slow because of the database: that is no news. Nobody is told; the reason is kept.",
        )
        self._causes.trip("BillingDatabaseDown", "BillingHighLatency")
        number = self._fires("BillingDatabaseDown", "#platform-alerts")
        slow = "p95 of billing requests"
        self._watch.until("the slow one is held back", lambda: self._kept_quiet(slow))
        self._take(number, "#platform-alerts", "Cho", person="cho")

    def all_is_put_right(self) -> None:
        """Whoever heard of a beginning hears of its end, and nobody else."""
        self._screen.chapter(
            "All is put right",
            "Whoever was told hears the end. Nobody hears the end of what they were not told of.",
        )
        # The database comes last: else slowness would be news again for a moment.
        self._causes.heal("BillingHighLatency", "DoubleChargeDetected", "RenewalCronFailed")
        self._watch.until("three are over", lambda: self._open() <= {"BillingDatabaseDown"})
        self._causes.heal("BillingDatabaseDown")
        self._watch.until("all is over", lambda: not self._open())
        self._watch.until("all is told", self._all_sent)

    def _fires(self, alert: str, to: str) -> int:
        """Wait until it was told of to somebody; return the incident's number."""

        def said() -> list[int]:
            received = [one for one in self._world.received() if alert in one.title]
            return [one.incident for one in received if one.to == to]

        self._watch.until(f"{to} hears of {alert}", lambda: bool(said()))
        number = said()[0]
        self._screen.link("Incident:    ", f"{self._world.gateway.url}/incidents/{number}")
        return number

    def _take(self, number: int, by_link_to: str, name: str, person: str = "") -> None:
        """Open the link, look, and press the button, unless a spectator did so before."""
        if self._acknowledged(number):
            self._faster()
            return
        link = self._world.link(number, by_link_to)
        self._screen.link("Acknowledge: ", link)
        self._watch.pause(self._reading)
        self._happened(f"{name} opens the link in the message to {by_link_to}")
        answered(request(link))
        if self._acknowledged(number):
            self._faster()
            return
        self._happened(f"… as any mail scanner does: that changed nothing, #{number} still fires")
        self._watch.pause(self._reading / 2)
        self._happened(f"{name} presses the button on the page")
        answered(request(link, "POST", urlencode({"person": person}).encode(), FORM))
        self._watch.until("it is acknowledged", lambda: self._acknowledged(number))
        self._watch.until("all know", self._all_sent)
        self._watch.pause(self._reading / 2)

    def _faster(self) -> None:
        self._happened("You were faster: it is acknowledged")
        self._watch.until("all know", self._all_sent)

    def _mail(self, number: int, to: str) -> str:
        mails = [one for one in self._world.received() if (one.incident, one.to) == (number, to)]
        return str(mails[0].content["TextBody"])

    def _happened(self, what: str) -> None:
        self._watch.look()
        self._screen.event(self._watch.now(), "People", what)

    def _told(self, number: int, to: str) -> bool:
        return any(one.incident == number and one.to == to for one in self._world.received())

    def _acknowledged(self, number: int) -> bool:
        return bool(self._watch.incident(number)["acknowledged"])

    def _kept_quiet(self, words: str) -> bool:
        found = [one["number"] for one in self._watch.incidents() if words in one["title"]]
        timelines = [self._watch.incident(number)["timeline"] for number in found]
        return any(entry["kind"] == "kept quiet" for line in timelines for entry in line)

    def _open(self) -> set[str]:
        going = [one for one in self._watch.incidents() if one["state"] != "resolved"]
        return {one["group_labels"]["alertname"] for one in going} - {"Watchdog"}

    def _all_sent(self) -> bool:
        numbers = [one["number"] for one in self._watch.incidents()]
        notices = [n for number in numbers for n in self._watch.incident(number)["notices"]]
        return all(notice["state"] not in ("pending", "sending") for notice in notices)


def answered(answer: tuple[int, dict[str, str], bytes]) -> None:
    """A page that is not there would end the story."""
    assert answer[0] == 200, answer


def the_end(world: World, causes: Causes, watch: Watch, screen: Screen, linger: float) -> None:
    """What it came to, and `linger` seconds to look around."""
    screen.chapter("What it came to")
    for one in watch.incidents():
        detail = watch.incident(one["number"])
        sent = sum(notice["state"] == "sent" for notice in detail["notices"])
        told = f"{sent} messages, {_taken(detail)}" if sent else "nobody was told"
        screen.say(f"   #{one['number']} {one['state']:<9} {one['title']}")
        screen.say(f"         {told}", style="dim")
    posted = causes.posted()
    if posted is not None:
        screen.say()
        screen.say(f"   Alertmanager posted {posted} times; what it repeats is no news to anybody.")
    screen.say()
    screen.link("Incidents:   ", f"{world.gateway.url}/")
    screen.say(f"   Everything ends in {linger:g} s, or with Ctrl-C.", style="bold")
    watch.pause(linger)


def _taken(detail: dict[str, Any]) -> str:
    for entry in detail["timeline"]:
        if entry["kind"] == "acknowledged":
            opened = datetime.fromisoformat(detail["opened_at"])
            after = datetime.fromisoformat(entry["at"]) - opened
            name = entry["text"].removeprefix("by ").partition(" (")[0]
            return f"acknowledged by {name} after {after.total_seconds():.0f} s"
    return "unacknowledged"

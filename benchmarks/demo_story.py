"""Story of the demonstration: acknowledgement, escalation, inhibition, sources, resolution."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from benchmarks.demo_causes import Causes
from benchmarks.demo_screen import Screen
from benchmarks.demo_senders import Senders
from benchmarks.demo_watch import Watch
from tests.endtoend.world import World
from tests.processes.harness import request

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Story:
    """The chapters of the story, in order."""

    def __init__(
        self, world: World, causes: Causes, watch: Watch, screen: Screen, reading: float
    ) -> None:
        """`reading` is the number of seconds between an event and a person's reaction."""
        self._world, self._causes, self._watch, self._screen = world, causes, watch, screen
        self._reading = reading
        self._senders = Senders(world)

    def run(self) -> None:
        """Run all chapters."""
        self.acknowledged_at_once()
        self.escalated()
        self.inhibited()
        self.invariant_violated()
        self.checkouts_drop()
        self.job_goes_missing()
        self.resolved()

    def acknowledged_at_once(self) -> None:
        """Ana is on call and acknowledges by the link in her e-mail."""
        self._screen.chapter(
            "A customer is charged twice",
            "Critical: PagerDuty, Slack, both mailboxes, and Ana on call. She acknowledges.",
        )
        self._causes.trip("DoubleChargeDetected")
        number = self._fires("DoubleChargeDetected", "ana@example.com")
        self._screen.print_line("\n   Ana reads:")
        self._screen.quote(self._mail(number, "ana@example.com"))
        self._acknowledge(number, "ana@example.com", "Ana")

    def escalated(self) -> None:
        """Ana does not react, so the escalation notifies Ben."""
        self._screen.chapter(
            "A renewal run fails, and nobody acknowledges",
            "Ana is notified first. She does not acknowledge, so the next escalation step is due.",
        )
        self._causes.trip("RenewalCronFailed")
        number = self._fires("RenewalCronFailed", "ana@example.com")
        self._watch.until(
            "Ben is notified",
            lambda: self._was_notified(number, "ben@example.com") or self._acknowledged(number),
        )
        self._acknowledge(number, "ben@example.com", "Ben")

    def inhibited(self) -> None:
        """An alert inhibits another, and the timeline records why."""
        self._screen.chapter(
            "The database is down, and billing is slow",
            "Billing is slow because of the database: inhibited. Nobody is notified.",
        )
        self._causes.trip("BillingDatabaseDown", "BillingHighLatency")
        number = self._fires("BillingDatabaseDown", "#platform-alerts")
        slow = "p95 of billing requests"
        self._watch.until("the slow one is suppressed", lambda: self._was_suppressed(slow))
        self._acknowledge(number, "#platform-alerts", "Cho", person="cho")

    def invariant_violated(self) -> None:
        """Sentry posts, and the person on call and the channel are notified within a second."""
        self._screen.chapter(
            "An invariant is violated, says Sentry",
            "No rule of Prometheus is asked: PagerDuty, Ana and #billing-alerts within a second.",
        )
        alert = "Billing invariant violated"
        self._event("Sentry", f"posts: {alert}, NO_DOUBLE_CHARGE, signed")
        posted_at = self._senders.violate_invariant()
        number = self._fires(alert, "#billing-alerts")
        self._watch.until("Ana is notified", lambda: self._was_notified(number, "ana@example.com"))
        first = {
            one.to: one.at for one in reversed(self._world.received()) if one.incident == number
        }
        for to in ("#billing-alerts", "ana@example.com"):
            took = first[to] - posted_at
            self._screen.print_line(f"   {to} was notified {took:.2f} s after Sentry's post.")
        self._acknowledge(number, "ana@example.com", "Ana")

    def checkouts_drop(self) -> None:
        """Grafana posts a warning with its dashboard, and nobody is woken."""
        self._screen.chapter(
            "Fewer checkouts are completed, says Grafana",
            "A warning: #billing-alerts and two mailboxes, with Grafana's dashboard and a runbook.",
        )
        self._event("Grafana", "posts: Checkout conversion low")
        self._senders.grafana("firing")
        number = self._fires("Checkout conversion low", "alerts@example.com")
        self._screen.print_line("\n   alerts@example.com reads:")
        self._screen.quote(self._mail(number, "alerts@example.com"))
        self._watch.pause(self._reading)

    def job_goes_missing(self) -> None:
        """A cron job pings once, then no more: platform is notified, and it ends with a ping."""
        self._screen.chapter(
            "The renewal cron does not run",
            "It pings after each run. The next ping is missing: a warning for platform.",
        )
        self._event("Cron", "the renewal run ended, and pings: 812 subscriptions renewed")
        self._senders.ping()
        number = self._fires("RenewalCronMissing", "platform-oncall@example.com")
        self._watch.pause(self._reading)
        self._event("Cron", "runs again, and pings each time")
        self._senders.keep_pinging()
        self._watch.until(
            "it is resolved", lambda: self._watch.incident(number)["state"] == "resolved"
        )

    def resolved(self) -> None:
        """Everyone notified of a firing alert is notified when it resolves, and nobody else."""
        self._screen.chapter(
            "Everything is repaired",
            "Everyone who was notified gets a resolved notification, and nobody else.",
        )
        # The database comes last: otherwise slowness would not be inhibited for a moment.
        self._senders.resolve_issue()
        self._senders.grafana("resolved")
        self._causes.heal("BillingHighLatency", "DoubleChargeDetected", "RenewalCronFailed")
        self._watch.until(
            "the others are resolved", lambda: self._open() <= {"BillingDatabaseDown"}
        )
        self._causes.heal("BillingDatabaseDown")
        self._watch.until("all are resolved", lambda: not self._open())
        self._watch.until("all messages are sent", self._all_sent)

    def _fires(self, alert: str, to: str) -> int:
        """Wait until `to` is notified of the alert; return the incident's number."""

        def incidents() -> list[int]:
            received = [one for one in self._world.received() if alert in one.title]
            return [one.incident for one in received if one.to == to]

        self._watch.until(f"{to} is notified of {alert}", lambda: bool(incidents()))
        number = incidents()[0]
        self._screen.link("Incident:    ", f"{self._world.gateway.url}/incidents/{number}")
        return number

    def _acknowledge(self, number: int, by_link_to: str, name: str, person: str = "") -> None:
        """Open the link and press the button, unless a spectator acknowledged before."""
        if self._acknowledged(number):
            self._already_acknowledged()
            return
        link = self._world.link(number, by_link_to)
        self._screen.link("Acknowledge: ", link)
        self._watch.pause(self._reading)
        self._report(f"{name} opens the link in the message to {by_link_to}")
        require_ok(request(link))
        if self._acknowledged(number):
            self._already_acknowledged()
            return
        self._report(f"… as any mail scanner does: that changed nothing, #{number} still fires")
        self._watch.pause(self._reading / 2)
        self._report(f"{name} presses the button on the page")
        require_ok(request(link, "POST", urlencode({"person": person}).encode(), FORM))
        self._watch.until("it is acknowledged", lambda: self._acknowledged(number))
        self._watch.until("all know", self._all_sent)
        self._watch.pause(self._reading / 2)

    def _already_acknowledged(self) -> None:
        self._report("You were faster: it is acknowledged")
        self._watch.until("all know", self._all_sent)

    def _mail(self, number: int, to: str) -> str:
        mails = [one for one in self._world.received() if (one.incident, one.to) == (number, to)]
        return str(mails[0].content["TextBody"])

    def _report(self, what: str) -> None:
        self._event("People", what)

    def _event(self, who: str, what: str) -> None:
        self._watch.print_news()
        self._screen.event(self._watch.now(), who, what)

    def _was_notified(self, number: int, to: str) -> bool:
        return any(one.incident == number and one.to == to for one in self._world.received())

    def _acknowledged(self, number: int) -> bool:
        return bool(self._watch.incident(number)["acknowledged"])

    def _was_suppressed(self, words: str) -> bool:
        numbers = [one["number"] for one in self._watch.incidents() if words in one["title"]]
        timelines = [self._watch.incident(number)["timeline"] for number in numbers]
        return any(entry["kind"] == "kept quiet" for line in timelines for entry in line)

    def _open(self) -> set[str]:
        going = [one for one in self._watch.incidents() if one["state"] != "resolved"]
        return {one["group_labels"]["alertname"] for one in going} - {"Watchdog"}

    def _all_sent(self) -> bool:
        numbers = [one["number"] for one in self._watch.incidents()]
        notices = [n for number in numbers for n in self._watch.incident(number)["notices"]]
        return all(notice["state"] not in ("pending", "sending") for notice in notices)


def require_ok(answer: tuple[int, dict[str, str], bytes]) -> None:
    """Raise AssertionError unless a page was answered with 200."""
    assert answer[0] == 200, answer


def print_summary(
    world: World, causes: Causes, watch: Watch, screen: Screen, linger: float
) -> None:
    """Print the summary, and wait `linger` seconds so that the pages can be read."""
    screen.chapter("Summary")
    for one in watch.incidents():
        detail = watch.incident(one["number"])
        sent = sum(notice["state"] == "sent" for notice in detail["notices"])
        summary = f"{sent} messages, {_taken(detail)}" if sent else "nobody was notified"
        screen.print_line(f"   #{one['number']} {one['state']:<9} {one['title']}")
        screen.print_line(f"         {summary}", style="dim")
    posted = causes.posted()
    if posted is not None:
        screen.print_line()
        screen.print_line(
            f"   Alertmanager posted {posted} times; its repeats notify nobody again."
        )
    screen.print_line()
    screen.link("Incidents:   ", f"{world.gateway.url}/")
    screen.print_line(f"   Everything ends in {linger:g} s, or with Ctrl-C.", style="bold")
    watch.pause(linger)


def _taken(detail: dict[str, Any]) -> str:
    for entry in detail["timeline"]:
        if entry["kind"] == "acknowledged":
            opened = datetime.fromisoformat(detail["opened_at"])
            after = datetime.fromisoformat(entry["at"]) - opened
            name = entry["text"].removeprefix("by ").partition(" (")[0]
            return f"acknowledged by {name} after {after.total_seconds():.0f} s"
    return "unacknowledged"

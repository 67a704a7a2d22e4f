"""Alertmanager rounds repeats up to its group interval; the import says where that differs."""

from gateway.core.plan.plan import Repeats
from gateway.core.time.timestamps import parse_duration
from tests.importers.alertmanager.texts import BILLING, imported, loaded

FILE = """\
receivers: [{name: a}, {name: b}, {name: c}]
route:
  receiver: a
  group_interval: 15m
  repeat_interval: 20m
  routes:
    - {receiver: b, repeat_interval: 45m}
    - {receiver: c, match: {x: y}}
    - {receiver: c, group_interval: 7s}
    - {receiver: c, repeat_interval: 10s, group_interval: 6s}
"""


def test_repeats_that_alertmanager_delays_are_listed_with_both_times() -> None:
    """E6: 20 minutes asked for are 30 there, and 20 here."""
    translation = imported(FILE)
    assert [(late.line, late.in_alertmanager) for late in translation.repeats] == [
        (3, parse_duration("30m")),
        (9, parse_duration("20m4s")),
        (10, parse_duration("12s")),  # measured there
    ]
    message = "Alertmanager repeats after 30m, the gateway after 20m"
    assert message in str(translation.repeats[0])
    assert message in " ".join(translation.text.replace("#", "").split())


def test_alertmanagers_times_can_be_had() -> None:
    """The line that gives them stands in the file, ready to be uncommented."""
    text = imported(FILE).text
    plan = loaded(imported(FILE)).plan
    assert plan.repeats is Repeats.EXACT
    there = imported(FILE).loaded(text.replace("\n# repeats:", "\nrepeats:")).plan
    assert there.repeats is Repeats.ON_TICKS
    assert "# repeats:" not in imported(BILLING).text


def test_multiples_are_not_mentioned() -> None:
    """The billing rules ask for what they get."""
    assert imported(BILLING).repeats == ()

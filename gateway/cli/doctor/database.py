"""Checks of the database: reachable, of the right version, undamaged, with the same clock."""

from collections.abc import Iterator

from gateway.cli.doctor.finding import Finding, State, bad, good, warning
from gateway.clock import MAX_SKEW, is_skewed
from gateway.store import StoreError
from gateway.store.queries.diagnosis import Diagnosis, diagnose

NAME, CLOCK = "database", "clock"


def check_database(url: str, now: float) -> Iterator[Finding]:
    """Check the database of a URL at `now` (Unix seconds), and this machine's clock by it."""
    try:
        diagnosis = diagnose(url)
    except StoreError as error:
        yield bad(NAME, str(error), "check GATEWAY_DATABASE_URL, then the database's own log")
        yield Finding(CLOCK, State.NOT_CHECKED, "the database was not read")
        return
    yield _version(diagnosis)
    yield _clock(diagnosis, now)


def _version(diagnosis: Diagnosis) -> Finding:
    is_embedded = diagnosis.ahead is None
    text = f"{diagnosis.database} {diagnosis.program}, tables at version {diagnosis.revision}"
    if diagnosis.problem is not None:
        return bad(NAME, f"{text}: {diagnosis.problem}", "a gateway does not start on it")
    if diagnosis.revision == diagnosis.needed:
        return good(NAME, text)
    if diagnosis.revision is not None and diagnosis.revision > diagnosis.needed:
        return good(NAME, f"{text}, newer than this program, which can use it")
    if is_embedded:
        state = "it does not exist yet" if diagnosis.revision is None else text
        return good(NAME, f"{state}; the next start brings it to {diagnosis.needed}")
    advice = "run `gateway migrate` before you start this version"
    if diagnosis.revision is None:
        return bad(NAME, f"{diagnosis.database} {diagnosis.program} has no tables yet", advice)
    return bad(NAME, f"{text}, this program needs {diagnosis.needed}", advice)


def _clock(diagnosis: Diagnosis, now: float) -> Finding:
    advice = "let NTP set this machine's clock: `timedatectl` shows whether it does"
    if diagnosis.ahead is not None and is_skewed(diagnosis.ahead):
        direction = "ahead of" if diagnosis.ahead > 0 else "behind"
        text = f"{abs(diagnosis.ahead):.1f} s {direction} the database"
        return bad(CLOCK, text, advice)
    if diagnosis.last_write is not None and diagnosis.last_write > now + MAX_SKEW:
        text = f"{diagnosis.last_write - now:.0f} s behind the last entry of the database"
        return warning(CLOCK, text, advice)
    if diagnosis.ahead is not None:
        return good(CLOCK, f"{abs(diagnosis.ahead) * 1000:.0f} ms from the database's")
    if diagnosis.last_write is None:
        return Finding(CLOCK, State.NOT_CHECKED, "nothing to compare it with yet")
    return good(CLOCK, "not behind what the gateway has written")

"""The product's own rendering of a schedule, within the time for which it is known."""

from collections.abc import Sequence

from gateway.importers.oncall.model.schedule import Rendering, Span
from gateway.importers.oncall.read.documents import TimeWindow


def rendering(
    spans: Sequence[Span], window: TimeWindow | None, *, rendered: bool
) -> Rendering | None:
    """Return the rendering of a schedule; None where the export has none.

    Without a window it is bounded by the spans themselves: it begins when everybody of the first
    ones is on call, because nobody knows who was on call before, and ends likewise.
    """
    if not rendered:
        return None
    spans = [one for one in spans if one.start < one.end]
    if window is not None:
        return Rendering(window.start, window.end, tuple(spans))
    if not spans:
        return None
    first_end = min(one.end for one in spans)
    last_start = max(one.start for one in spans)
    start = max(one.start for one in spans if one.start < first_end)
    end = min(one.end for one in spans if one.end > last_start)
    return Rendering(start, end, tuple(spans)) if start < end else None

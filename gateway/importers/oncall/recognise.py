"""Which product an export is of, by the shape of its documents."""

from collections.abc import Callable, Mapping, Sequence

from gateway.importers.oncall.goalert.read import is_goalert, read_goalert
from gateway.importers.oncall.grafana.read import is_grafana, read_grafana
from gateway.importers.oncall.model.export import Export, Product
from gateway.importers.oncall.opsgenie.read import is_opsgenie, read_opsgenie
from gateway.importers.oncall.pagerduty.read import is_pagerduty, read_pagerduty
from gateway.importers.oncall.read.json_value import ExportError, Json
from gateway.importers.oncall.read.source import Source

Recognise = Callable[[Json], bool]
Read = Callable[[Sequence[Json], Source], Export]

_READERS: Mapping[Product, tuple[Recognise, Read]] = {
    Product.PAGERDUTY: (is_pagerduty, read_pagerduty),
    Product.GOALERT: (is_goalert, read_goalert),
    Product.GRAFANA: (is_grafana, read_grafana),
    Product.OPSGENIE: (is_opsgenie, read_opsgenie),
}


def read_export(documents: Sequence[Json], source: Source) -> Export:
    """Return the records of an export of any product. Raises ExportError."""
    product = _product(documents)
    export = _READERS[product][1](documents, source)
    if not export.schedules and not export.escalations and not source.notes.items:
        message = (
            f"it is an export of {product} without a schedule and without an escalation; "
            "the page about moving says what to export"
        )
        raise ExportError(documents[0].position, message)
    return export


def _product(documents: Sequence[Json]) -> Product:
    """Return the product of all documents. Raises ExportError if they are of none, or differ."""
    firsts: dict[Product, Json] = {}
    for document in documents:
        for product, (recognise, _) in _READERS.items():
            if recognise(document):
                firsts.setdefault(product, document)
                break
        else:
            raise document.error(_unknown(document))
    if len(firsts) > 1:
        first, second, *_ = firsts
        message = f"it is of {second}, and {firsts[first].position} is of {first}"
        raise firsts[second].error(f"{message}; import each by itself")
    return next(iter(firsts))


def _unknown(document: Json) -> str:
    """Return what is wrong with a document of no product, naming what is in it."""
    known = ", ".join(_READERS)
    value = document.value
    keys = ", ".join(list(map(str, value))[:8]) if isinstance(value, dict) else ""
    what = f"an object with {keys}" if keys else f"a {type(value).__name__}"
    if isinstance(value, dict) and ("errors" in value or "error" in value or "message" in value):
        return f"it is an error that the API answered ({what}): read it, and export again"
    return f"{what} is no answer of {known}; the page about moving says what to export"

"""Answers of APIs that list in pages: the last page must be there."""

from gateway.importers.oncall.read.json_value import ExportError, Json


class Pages:
    """Remembers for each list whether its last page that was read says that more follow."""

    def __init__(self) -> None:
        self._unfinished: dict[str, Json] = {}

    def read(self, listed: str, document: Json, *, more: bool) -> None:
        """Take a page of the list `listed`."""
        if more:
            self._unfinished[listed] = document
        else:
            self._unfinished.pop(listed, None)

    def check(self) -> None:
        """Raise ExportError if a list is incomplete."""
        for listed, document in self._unfinished.items():
            message = (
                f"the list of {listed} has more pages than this file; export the next page as "
                "well, or a larger page"
            )
            raise ExportError(document.position, message)

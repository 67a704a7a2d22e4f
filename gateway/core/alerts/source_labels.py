"""Labels of an alert after its source: those that routes.yaml adds, and the label of tests.

An alert with test="true" is marked in each text, and left out of numbers and reports. Anyone who
may post could hide a page from them, so the label counts only where the source allows it. Elsewhere
it is renamed, as Prometheus renames a scraped label that it does not honour.
"""

from collections.abc import Mapping

TEST_LABEL = "test"
TEST_VALUE = "true"
UNTRUSTED_TEST = "exported_test"
"""What the label of tests is called where the source does not allow tests."""


def is_test(labels: Mapping[str, str]) -> bool:
    """Return whether an alert, or a group by its labels, is a test.

    These are labels behind the source, where only sources that may send tests have the label.
    """
    return labels.get(TEST_LABEL) == TEST_VALUE


def labels_of_source(
    labels: Mapping[str, str], added: Mapping[str, str], *, allow_test: bool
) -> Mapping[str, str]:
    """Return the labels of an alert of a source; the same object if nothing changes.

    `added` are labels of the source, for alerts that have none of these names. They are part of the
    identity, like any label.
    """
    renames_test = not allow_test and labels.get(TEST_LABEL) == TEST_VALUE
    if not added and not renames_test:
        return labels
    own = dict(labels)
    if renames_test:
        own[UNTRUSTED_TEST] = own.pop(TEST_LABEL)
    return {**added, **own}

"""Results of tests as JUnit XML, which continuous builds show."""

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence

from gateway.core.text.escape import escape_invisible
from gateway.stories.run import TestResult


def junit_xml(results: Mapping[str, Sequence[TestResult]]) -> bytes:
    """Return the results of files, by their names, as a document that JUnit's readers take.

    The form is that of https://github.com/testmoapp/junitxml: a suite for each file, and a failure
    with the differences for each test that failed.
    """
    root = ET.Element("testsuites")
    for file, tests in results.items():
        failures = sum(not one.passed for one in tests)
        suite = ET.SubElement(
            root, "testsuite", name=file, tests=str(len(tests)), failures=str(failures)
        )
        for one in tests:
            case = ET.SubElement(
                suite,
                "testcase",
                name=escape_invisible(one.test.name),
                classname=file,
                file=file,
                line=str(one.test.line),
            )
            if one.passed:
                continue
            texts = [f"line {each.line}: {escape_invisible(each.text)}" for each in one.differences]
            failure = ET.SubElement(case, "failure", message=texts[0])
            failure.text = "\n".join(texts)
    ET.indent(root)
    text: str = ET.tostring(root, encoding="unicode", xml_declaration=True)
    return text.encode() + b"\n"

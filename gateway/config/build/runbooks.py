"""Runbooks, read from the folder that the file names."""

from dataclasses import replace

from gateway.config.grammar.parsed import ParsedSection
from gateway.config.source.markdown_folder import MarkdownFolder, read_markdown
from gateway.config.source.problem import Findings
from gateway.config.source.references import References
from gateway.core.plan.runbooks import IMMEDIATE, Runbooks, normal_name, runbook


def runbooks(file: ParsedSection, references: References, findings: Findings) -> Runbooks:
    """Return the runbooks; a relative path is below the folder of routes.yaml.

    A folder that cannot be read is an error. A file that cannot be used is a warning, because
    the routes must load all the same.
    """
    declared: Runbooks = file.get("runbooks", Runbooks())
    if not declared.folder:
        return declared
    position = file.position_of("runbooks")
    try:
        contents = read_markdown(references.folder / declared.folder, references.read_file)
    except OSError as error:
        reason = error.strerror or str(error)
        message = f"runbooks: the folder {declared.folder} cannot be read: {reason}"
        findings.error(position, message, text=declared.folder)
        return declared
    pages = {name: runbook(name, text) for name, text in contents.texts.items()}
    for problem in (*contents.problems, *_ambiguous(contents)):
        findings.warn(position, f"runbooks: {problem}")
    silent = [one.name for one in pages.values() if not one.immediate]
    if silent:
        names = ", ".join(silent[:5]) + (f" and {len(silent) - 5} more" if silent[5:] else "")
        message = f'runbooks: no section "{IMMEDIATE}" for messages in {names}'
        findings.warn(position, message)
    return replace(declared, pages=pages)


def _ambiguous(contents: MarkdownFolder) -> list[str]:
    """Return a sentence for each two files that are one runbook by their names."""
    by_key: dict[str, str] = {}
    sentences = []
    for name in contents.texts:
        first = by_key.setdefault(normal_name(name), name)
        if first != name:
            sentences.append(f"{first}.md and {name}.md are one runbook to alerts: rename one")
    return sentences

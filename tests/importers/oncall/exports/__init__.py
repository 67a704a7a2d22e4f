"""Exports of our own making; `python -m tests.importers.oncall.exports.make` writes the files."""

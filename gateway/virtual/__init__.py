"""The whole gateway in virtual time: real decisions, tables and templates; recorded messages."""

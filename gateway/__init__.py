"""The alert gateway: takes alerts, decides who has to know and when, and makes sure they do."""

__version__ = "0.1.0"

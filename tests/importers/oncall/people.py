"""The people of the test exports."""

NAMES = {"ana": "Ana", "ben": "Ben", "cho": "Cho", "dee": "Dee"}


def email(person: str) -> str:
    """The address of a person."""
    return f"{person}@example.com"

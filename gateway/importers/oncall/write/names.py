"""Ids in routes.yaml for what has a name in the export."""

import re
import unicodedata

_LONGEST = 40


class Ids:
    """Gives ids that are short, lower-case and different from each other, and `reserved` ones."""

    def __init__(self, *reserved: str) -> None:
        self._used = set(reserved)

    def new(self, *names: str) -> str:
        """Return an id made of the first name that has letters; a number makes it unique."""
        base = next((slug for name in names if (slug := _slug(name))), "unnamed")
        unique, number = base, 1
        while unique in self._used:
            number += 1
            unique = f"{base}-{number}"
        self._used.add(unique)
        return unique


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name)
    plain = "".join(one for one in plain if not unicodedata.combining(one)).lower()
    slug = re.sub(r"[^\w.]+", "-", plain.replace("_", "-")).strip("-.")[:_LONGEST].strip("-.")
    return slug if re.search(r"\w", slug) else ""

"""Health of one component, as /healthz and /readyz show it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Health:
    """State of one component; `text` says what is wrong and since when.

    `text` may quote configuration and vendors. `public_text` is for anyone; None: the same.
    """

    component: str
    text: str = ""
    public_text: str | None = None
    ok: bool = field(kw_only=True)

    def text_for(self, *, public: bool) -> str:
        """Return the text for anyone, or the whole one."""
        return self.text if self.public_text is None or not public else self.public_text

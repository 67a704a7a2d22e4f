"""What people have done with an incident, besides acknowledging it. Instants are Unix seconds."""

from dataclasses import dataclass, replace

MOST_COMMENTS = 3
"""Comments that an incident carries into its messages; all of them are on its timeline. Each may
have LONGEST_EXCERPT characters, and every decision reads them."""

LONGEST_EXCERPT = 500
"""Characters of a comment in messages; its whole text is on the timeline."""


@dataclass(frozen=True, slots=True)
class Offer:
    """An acknowledged incident is handed over to `to`, who has not accepted yet."""

    to: str
    by: str
    at: float


@dataclass(frozen=True, slots=True)
class Snooze:
    """Nothing is notified until `until`, unless it gets worse than `rank`."""

    until: float
    by: str
    at: float
    rank: int
    reason: str = ""
    ended_by: str = ""  # who has ended it; the next evaluation, due at once, notifies


@dataclass(frozen=True, slots=True)
class Closing:
    """A resolution by hand. If its alerts still fire at `reopen_at`, the incident opens again."""

    by: str
    at: float
    reason: str
    reopen_at: float


@dataclass(frozen=True, slots=True)
class Comment:
    """The beginning of what somebody wrote about the incident."""

    by: str
    at: float
    text: str
    via: str = ""  # the means, as of an actor; where it was written it need not be repeated


@dataclass(frozen=True, slots=True)
class Rating:
    """Whether a person found it useful to be notified of this incident."""

    by: str
    useful: bool


@dataclass(frozen=True, slots=True)
class Previous:
    """The last incident of the same group, and how many there were in the last seven days."""

    number: int
    ended_at: float
    lately: int


@dataclass(frozen=True, slots=True)
class Responses:
    """All of it. `merged` are the incidents that were merged into this one."""

    offer: Offer | None = None
    snooze: Snooze | None = None
    closing: Closing | None = None
    merged_into: int | None = None
    merged: tuple[int, ...] = ()
    related: tuple[int, ...] = ()
    comments: tuple[Comment, ...] = ()
    ratings: tuple[Rating, ...] = ()
    reminded_of: float | None = None  # the expiry that the holder was last reminded of

    def with_comment(self, comment: Comment) -> "Responses":
        """Return these with one more comment, cut to what messages show."""
        text = comment.text
        if len(text) > LONGEST_EXCERPT:
            text = text[: LONGEST_EXCERPT - 1] + "…"
        last = (*self.comments, replace(comment, text=text))[-MOST_COMMENTS:]
        return replace(self, comments=last)

    def with_rating(self, by: str, useful: bool | None) -> "Responses":  # noqa: FBT001
        """Return these with a person's rating in place of their earlier one; None takes it back."""
        others = tuple(one for one in self.ratings if one.by != by)
        return replace(self, ratings=others if useful is None else (*others, Rating(by, useful)))

    def rating_of(self, person: str) -> bool | None:
        """Return whether this person found it useful; None if they have not said."""
        return next((one.useful for one in self.ratings if one.by == person), None)


NO_RESPONSES = Responses()

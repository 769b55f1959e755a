"""Everything that can go wrong in the product, as one tree."""

from __future__ import annotations

from enum import StrEnum


class ReviewError(Exception):
    """The root of the product's errors."""


class RoutesInvalid(ReviewError):
    """The routing file can't be used; `problems` has one sentence each, with the line where it is known."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class RefusalReason(StrEnum):
    UNKNOWN = "unknown"
    ALREADY_ANSWERED = "already_answered"
    STALE = "stale"
    NOT_ALLOWED = "not_allowed"
    OWN_CHANGE = "own_change"
    OWN_CHANGE_UNCLEAR = "own_change_unclear"
    UNPROVEN = "unproven"
    NOTE_NEEDED = "note_needed"
    NOTE_TOO_LONG = "note_too_long"
    NOTHING_TO_WITHDRAW = "nothing_to_withdraw"
    NOTHING_TO_DO = "nothing_to_do"
    SUPERSEDED = "superseded"
    NOBODY = "nobody"
    NO_SUCH_TIME = "no_such_time"
    REPEATED = "repeated"


class Refused(ReviewError):
    """An answer that is not taken. The message is meant for the person who tried."""

    def __init__(self, reason: RefusalReason, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason
        self.sentence = sentence


class RemoteError(ReviewError):
    """DocSpace or a channel did not do what was asked. The message is meant for operators."""


class TryLater(RemoteError):
    """It surely did not happen and may work later; `after` is the far side's own wish in seconds."""

    def __init__(self, message: str, *, after: float | None = None) -> None:
        super().__init__(message)
        self.after = after


class ChannelMissing(TryLater):
    """This worker has no such channel; another one may have it while a new release or setting is deployed."""


class RateLimitReached(RemoteError):
    """We keep to the far side's limit ourselves: nothing was tried, nothing failed; `after` is in seconds."""

    def __init__(self, message: str, *, after: float) -> None:
        super().__init__(message)
        self.after = after


class OutcomeUnknown(TryLater):
    """Nobody can tell whether it happened: a time-out, a dropped connection, a server error."""


class NotVisible(RemoteError):
    """DocSpace does not show this to the API key's user; `gone` where it says that there is no such thing."""

    def __init__(self, message: str, *, gone: bool) -> None:
        super().__init__(message)
        self.gone = gone


class LogNotKept(NotVisible):
    """DocSpace keeps no log of connected storage."""

    def __init__(self) -> None:
        super().__init__("DocSpace keeps no log of connected storage", gone=False)


class Rejected(RemoteError):
    """DocSpace does not take what it was asked: a defect of ours, which an operator has to report."""


class Permanent(RemoteError):
    """It will not work however often it is tried; the message says what an operator can do."""


class Unreachable(Permanent):
    """A person can't be written to alone, and nothing was sent; others can tell them."""


def describe_error(error: Exception) -> str:
    """Return what operators may read of an error; the text of one that nobody expected may hold a secret."""
    if isinstance(error, ReviewError):
        return str(error)
    return f"unexpected {type(error).__name__}: the log has the details"


class MessageGone(RemoteError):
    """The message that was to be redrawn no longer stands: somebody has deleted it."""


class UnresolvedOutcome(Permanent):
    """It was tried twice, and nobody can tell what came of it; somebody has to look."""


class Conflict(ReviewError):
    """Somebody else changed the same rows first; the whole step may simply run again."""


class ScopeMissing(Permanent):
    """A chat refuses what the app was not given the scope for."""

    def __init__(self, message: str, *, scope: str) -> None:
        super().__init__(message)
        self.scope = scope

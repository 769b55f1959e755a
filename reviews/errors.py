"""All errors of the product, as one tree."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class ReviewError(Exception):
    """The root of the product's errors."""


class RoutesInvalid(ReviewError):
    """The routing file can't be used; `problems` has one sentence each, with its line if possible."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class NoWorkingTime(ReviewError):
    """There is no working time for years; a routing file is refused whose keys would mean that."""

    def __init__(self, moment: datetime) -> None:
        super().__init__(f"there is no working time near {moment.isoformat()}")


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
    NO_SUCH_PERSON = "nobody"
    NO_SUCH_TIME = "no_such_time"
    REPEATED = "repeated"


class Refused(ReviewError):
    """An answer that is not accepted. The message is meant for the person who tried."""

    def __init__(self, reason: RefusalReason, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason
        self.sentence = sentence


class RemoteError(ReviewError):
    """DocSpace or a channel did not do what was requested. The message is meant for operators."""


class TryLater(RemoteError):
    """It did not work and may work later; `retry_after` is what the remote service requires, in seconds."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class ChannelMissing(TryLater):
    """This worker lacks the channel; another one may have it while a new release or setting is deployed."""


class RateLimitReached(RemoteError):
    """We enforce the remote service's limit ourselves: nothing was tried. `retry_after` is in seconds."""

    def __init__(self, message: str, *, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class LogNotWritten(ReviewError):
    """DocSpace's log lacks what happened a moment ago, and may have it in `retry_after` seconds."""

    def __init__(self, *, retry_after: float) -> None:
        super().__init__("DocSpace has not written its log yet")
        self.retry_after = retry_after


class OutcomeUnknown(TryLater):
    """It is unknown whether it happened: a timeout, a dropped connection, a server error."""


class NotVisible(RemoteError):
    """DocSpace does not show this to the API key's user; `gone` where it reports that it doesn't exist."""

    def __init__(self, message: str, *, gone: bool) -> None:
        super().__init__(message)
        self.gone = gone


class LogNotKept(NotVisible):
    """DocSpace keeps no log of connected storage."""

    def __init__(self) -> None:
        super().__init__("DocSpace keeps no log of connected storage", gone=False)


class Rejected(RemoteError):
    """DocSpace does not accept the request: a defect of ours, which an operator has to report."""


class Permanent(RemoteError):
    """It will fail however often it is tried; the message says what an operator can do."""


class Unreachable(Permanent):
    """A person can't be messaged directly, and nothing was sent; other people can pass it on."""


def describe_error(error: Exception) -> str:
    """Return an error's text for operators, except of an unexpected error, which may hold a secret."""
    if isinstance(error, ReviewError):
        return str(error)
    return f"unexpected {type(error).__name__}: the log has the details"


class MessageGone(RemoteError):
    """The message to update no longer exists: a person deleted it."""


class UnresolvedOutcome(Permanent):
    """It was tried twice and its outcome is unknown; an operator has to look."""


class Conflict(ReviewError):
    """Another transaction changed the same rows first; the whole step can run again."""


class ScopeMissing(Permanent):
    """A chat refuses the call because the app lacks the scope."""

    def __init__(self, message: str, *, scope: str) -> None:
        super().__init__(message)
        self.scope = scope

"""The errors of calls to DocSpace's API (facts on DocSpace, 4.1)."""

from __future__ import annotations


class DocSpaceError(Exception):
    """The base. Messages are for operators and hold no body: DocSpace's error bodies carry stack traces."""


class Unavailable(DocSpaceError):
    """Unreachable, too slow, a server error, or an invalid response."""


class ServerFailed(Unavailable):
    """500: the portal failed while it processed this."""


class Throttled(DocSpaceError):
    """429; `after` is the portal's `Retry-After` in seconds."""

    def __init__(self, message: str, *, after: float) -> None:
        super().__init__(message)
        self.after = after


class OwnLimitReached(DocSpaceError):
    """Our own share of the portal's rate limit is used up; nothing was sent. `after` is in seconds."""

    def __init__(self, message: str, *, after: float) -> None:
        super().__init__(message)
        self.after = after


class KeyRefused(DocSpaceError):
    """401 or 402: the key is wrong or has expired, or the portal is suspended. An operator has to fix it."""


class Forbidden(DocSpaceError):
    """403: the key's user may not see this, or the key lacks the scope."""


class NotFound(DocSpaceError):
    """404: deleted, or never existed."""


class BadRequest(DocSpaceError):
    """Any other 4xx: the portal does not accept this request and never will.

    `reason` is the portal's own sentence, in the language of the key's user; empty if it has none. It is for
    the person who made the request, never for a chat.
    """

    def __init__(self, message: str, *, reason: str = "") -> None:
        super().__init__(message)
        self.reason = reason


class ProbeFailed(DocSpaceError):
    """The portal called the webhook's address before it accepted it, and got no answer."""

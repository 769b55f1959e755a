"""What DocSpace's API can answer other than what was asked for (facts on DocSpace, 4.1)."""

from __future__ import annotations


class DocSpaceError(Exception):
    """The root. Messages are for operators and hold no body: DocSpace's error bodies carry stack traces."""


class Unavailable(DocSpaceError):
    """Unreachable, too slow, a server error, or an answer that is none."""


class ServerFailed(Unavailable):
    """500: the portal broke off while it worked on this."""


class Throttled(DocSpaceError):
    """429; `after` is the portal's `Retry-After` in seconds."""

    def __init__(self, message: str, *, after: float) -> None:
        super().__init__(message)
        self.after = after


class OwnLimitReached(DocSpaceError):
    """Our own share of the portal's limit is used up; nothing was sent. `after` is in seconds."""

    def __init__(self, message: str, *, after: float) -> None:
        super().__init__(message)
        self.after = after


class KeyRefused(DocSpaceError):
    """401 or 402: the key is wrong or has expired, or the portal is suspended. Somebody has to mend it."""


class Forbidden(DocSpaceError):
    """403: the key's user may not see this, or the key lacks the scope."""


class NotFound(DocSpaceError):
    """404: gone, or never there."""


class BadRequest(DocSpaceError):
    """Any other 4xx: the portal does not take this request and never will.

    `reason` is the portal's own sentence, in the language of the key's user; empty where it gives none. It is
    for whoever asked, never for a chat.
    """

    def __init__(self, message: str, *, reason: str = "") -> None:
        super().__init__(message)
        self.reason = reason


class ProbeFailed(DocSpaceError):
    """The portal asked the webhook's address before it took it, and got no answer."""

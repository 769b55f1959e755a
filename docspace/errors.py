"""The errors of calls to DocSpace's API (facts on DocSpace, 4.1)."""

from __future__ import annotations

from reviews.errors import RateLimitReached, TryLater

KEY_REFUSED = "DocSpace refuses the API key"
"""How the message of `KeyRefused` begins."""


class DocSpaceError(Exception):
    """The base. Messages are for operators and hold no body: DocSpace's error bodies carry stack traces.

    An error after which the same request may work later is one of the product's errors too.
    """


class Unavailable(DocSpaceError, TryLater):
    """Unreachable, too slow, a server error, or an invalid response: a change may have been made or not."""


class ServerFailed(Unavailable):
    """500: the portal failed while it processed this."""


class Redirected(Unavailable):
    """3xx: the API is at another address. `address` is where it leads to: scheme and host alone."""

    def __init__(self, message: str, *, address: str) -> None:
        super().__init__(message)
        self.address = address


class NotTheApi(Unavailable):
    """200 with another body than that of DocSpace's API, such as a page to sign in."""


class Throttled(DocSpaceError, TryLater):
    """429; `retry_after` is the portal's `Retry-After` in seconds."""


class OwnLimitReached(DocSpaceError, RateLimitReached):
    """Our own share of the portal's limits is used up, by the minute or at once; nothing was sent."""


class KeyRefused(DocSpaceError, TryLater):
    """401 or 402: the key is wrong or has expired, or the portal is suspended. An operator has to fix it."""


class RequestRefused(DocSpaceError):
    """The base of answers that the same request gets again."""


class Forbidden(RequestRefused):
    """403: the key's user may not see this, or the key lacks the scope."""


class NotFound(RequestRefused):
    """404: deleted, or never existed."""


class BadRequest(RequestRefused):
    """Any other 4xx: the portal does not accept this request and never will.

    `reason` is the portal's own sentence, in the language of the key's user; empty if it has none. It is for
    the person who made the request, never for a chat.
    """

    def __init__(self, message: str, *, reason: str = "") -> None:
        super().__init__(message)
        self.reason = reason


class FileTooLarge(RequestRefused):
    """The file has more bytes than the caller takes."""


class ProbeFailed(DocSpaceError):
    """The portal called the webhook's address before it accepted it, and got no answer."""

"""Scripted faults of the fake Teams: what goes wrong, and whether Teams had carried out the call before."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.edge.loopback import Dropped, Reply, json_reply

AFTER = "_after"
CODES: Mapping[str, int] = {
    "Bad Argument": 400,
    "BotNotRegistered": 401,
    "BotDisabledByAdmin": 403,
    "BotNotInConversationRoster": 403,
    "ConversationBlockedByUser": 403,
    "ForbiddenOperationException": 403,
    "InvalidBotApiHost": 403,
    "MessageWritesBlocked": 403,
    "NotEnoughPermissions": 403,
    "ActivityNotFoundInConversation": 404,
    "ConversationNotFound": 404,
    "PreconditionFailed": 412,
    "MessageSizeTooBig": 413,
    "Throttled": 429,
    "ServiceError": 500,
}
TRANSPORT_MODES = ("hang", "drop")


@dataclass
class Fault:
    """`mode` is a status, a name of CODES, `hang` or `drop`; with `_after` the call took effect before.

    With a `place` it strikes only calls that name this channel or chat. `instead` is what comes back after
    the call took effect.
    """

    method: str
    mode: str
    times: int
    place: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    instead: Reply | None = None

    def __post_init__(self) -> None:
        if not (self.kind.isdecimal() or self.kind in CODES or self.kind in TRANSPORT_MODES):
            raise ValueError(f"no such mode: {self.mode}")

    @property
    def kind(self) -> str:
        return self.mode.removesuffix(AFTER)

    @property
    def strikes_after(self) -> bool:
        """Whether the call takes effect before it fails: the case in which a retry posts twice."""
        return self.instead is not None or self.mode.endswith(AFTER)

    def is_due(self, method: str, mentioned: str) -> bool:
        """Whether this call, whose path and content are given as text, is the next to fail in this way."""
        return self.times > 0 and self.method == method and (self.place or "") in mentioned

    def strike(self) -> Reply:
        """Fail in this way; the caller has done the waiting of `hang`."""
        if self.instead is not None:
            return self.instead
        if self.kind in TRANSPORT_MODES:
            raise Dropped
        if self.kind.isdecimal():
            return Reply(int(self.kind), b"<html>something went wrong</html>", "text/html", self.headers)
        error = {"error": {"code": self.kind, "message": f"a message about {self.kind}"}}
        return json_reply(error, status=CODES[self.kind], headers=self.headers)

"""Scripted faults of the fake Slack: what goes wrong, and whether Slack had stored the message before."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.edge.loopback import Dropped, Reply
from tests.edge.slack_state import RateLimited, Refused

TRANSPORT_MODES = (
    "500_before",
    "500_after",
    "drop_before",
    "drop_after",
    "hang",
    "hang_alive",
    "hang_after",
    "429",
)
_SERVER_ERROR = Reply(500, b"<html>500 Server Error</html>", "text/html")


@dataclass
class Fault:
    """How a call fails; of one that hangs `alive` the client never gives up.

    `mode` is one of TRANSPORT_MODES or the error name of an `ok: false` answer, e.g. fatal_error.

    With `instead` the call takes effect, and this is what comes back.
    With a `channel` it strikes only calls that name this channel.
    """

    method: str
    mode: str
    times: int
    retry_after: int
    instead: Reply | None = None
    channel: str | None = None

    def __post_init__(self) -> None:
        if self.mode not in TRANSPORT_MODES and not re.fullmatch(r"(?!hang|drop)[a-z_]+", self.mode):
            raise ValueError(f"no such mode: {self.mode}")

    @property
    def strikes_after(self) -> bool:
        """Whether the call takes effect before it fails: the case in which a retry posts twice."""
        return self.instead is not None or self.mode.endswith("_after")

    def is_due(self, method: str, args: Mapping[str, Any]) -> bool:
        """Whether this call is the next to fail in this way."""
        return self.times > 0 and self.method == method and self.channel in {None, args.get("channel")}

    def strike(self) -> Reply:
        """Fail in this way; the caller has done the waiting of `hang`."""
        if self.instead is not None:
            return self.instead
        if self.mode.startswith("500"):
            return _SERVER_ERROR
        if self.mode == "429":
            raise RateLimited(self.retry_after)
        if self.mode in TRANSPORT_MODES:
            raise Dropped
        raise Refused(self.mode)

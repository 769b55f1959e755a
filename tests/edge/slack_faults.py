"""Scripted faults of the fake Slack: what goes wrong, and whether Slack had stored the message before."""

import re
from dataclasses import dataclass

from tests.edge.slack_http import Dropped, Reply
from tests.edge.slack_state import RateLimited, Refused

TRANSPORT_MODES = (
    "500_before",
    "500_after",
    "drop_before",
    "drop_after",
    "hang",
    "hang_after",
    "429",
)
_SERVER_ERROR = Reply(500, b"<html>500 Server Error</html>", "text/html")


@dataclass
class Fault:
    """`mode` is one of TRANSPORT_MODES or the error name of an `ok: false` answer, e.g. fatal_error."""

    method: str
    mode: str
    times: int
    retry_after: int

    def __post_init__(self) -> None:
        if self.mode not in TRANSPORT_MODES and not re.fullmatch(r"(?!hang|drop)[a-z_]+", self.mode):
            raise ValueError(f"no such mode: {self.mode}")

    @property
    def strikes_after(self) -> bool:
        """Whether the call takes effect before it fails: the case in which a retry posts twice."""
        return self.mode.endswith("_after")

    def strike(self) -> Reply:
        """Fail in this way; the caller has done the waiting of `hang`."""
        if self.mode.startswith("500"):
            return _SERVER_ERROR
        if self.mode == "429":
            raise RateLimited(self.retry_after)
        if self.mode in TRANSPORT_MODES:
            raise Dropped
        raise Refused(self.mode)

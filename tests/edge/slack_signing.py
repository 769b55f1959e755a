"""How Slack signs a request, and the ways to spoil it (facts on Slack, 1.1)."""

import hashlib
import hmac
from dataclasses import dataclass


@dataclass(frozen=True)
class Spoil:
    """What is wrong with a request; the default is nothing.

    `timestamp` and `signature` replace the header's text, `age` moves the time of signing into the past
    (seconds), `flip_byte` changes one byte after signing, `without` names headers to leave out.
    """

    secret: str | None = None
    timestamp: str | None = None
    age: int = 0
    signature: str | None = None
    team_id: str | None = None
    flip_byte: bool = False
    without: tuple[str, ...] = ()


HONEST = Spoil()


def signature(secret: str, timestamp: str, body: bytes) -> str:
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def signed(body: bytes, *, secret: str, now: float, spoil: Spoil = HONEST) -> tuple[bytes, dict[str, str]]:
    """The body as it arrives and the headers that vouch for it."""
    timestamp = spoil.timestamp if spoil.timestamp is not None else str(int(now) - spoil.age)
    proof = signature(secret if spoil.secret is None else spoil.secret, timestamp, body)
    headers = {
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": proof if spoil.signature is None else spoil.signature,
    }
    remaining = {name: value for name, value in headers.items() if name not in spoil.without}
    return (_flipped(body) if spoil.flip_byte else body), remaining


def _flipped(body: bytes) -> bytes:
    middle = len(body) // 2
    return body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :]


SPOILT = {
    "another secret": Spoil(secret="not-the-secret"),
    "one byte changed": Spoil(flip_byte=True),
    "an old timestamp": Spoil(age=301),
    "a timestamp to come": Spoil(age=-400),
    "a junk timestamp": Spoil(timestamp="soon"),
    "a timestamp without end": Spoil(timestamp="9" * 400),
    "an empty timestamp": Spoil(timestamp=""),
    "a junk signature": Spoil(signature="v0=junk"),
    "a signature beyond ASCII": Spoil(signature="v0=" + "é" * 64),
    "an empty signature": Spoil(signature=""),
    "no signature": Spoil(without=("X-Slack-Signature",)),
    "no timestamp": Spoil(without=("X-Slack-Request-Timestamp",)),
    "neither": Spoil(without=("X-Slack-Signature", "X-Slack-Request-Timestamp")),
    "a foreign workspace": Spoil(team_id="T0OTHER"),
}
"""Each way to spoil a request; not one of them may be taken."""

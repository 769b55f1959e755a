"""A stand-in for Workflows on 127.0.0.1: takes what a flow takes, and fails in the ways in which flows fail.

Like the real one it says 202 to whatever it is sent, and only its history tells that a card was not posted
(facts on Teams, 2.2). `posts` are the cards that stand in the channel, `failed` the reasons of the others.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, urlsplit

from tests.edge.adaptive_cards import elements, find_schema_problems
from tests.edge.loopback import Dropped, Loopback, Reply, Request, json_reply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.edge.adaptive_cards import Json

AFTER = "_after"
LARGEST = 28 * 1024  # bytes of a message
SIG = "s3cr3t-S1g"
_PATH = "/powerautomate/automations/direct/workflows/0a1b2c/triggers/manual/paths/invoke"
_CARD_TYPE = "application/vnd.microsoft.card.adaptive"
_ANSWERED = frozenset({"Action.Submit", "Action.Execute"})
_VERSIONS = frozenset({"1.0", "1.1", "1.2", "1.3", "1.4"})


@dataclass
class _Fault:
    """`mode` is a status, `hang` or `drop`; with `_after` the card was taken before."""

    mode: str
    body: bytes
    headers: Mapping[str, str]

    @property
    def kind(self) -> str:
        return self.mode.removesuffix(AFTER)


@dataclass(eq=False)
class WorkflowsSink:
    """One flow and its channel. Use as a context manager."""

    hang_seconds: float = 1.0
    posts: list[Json] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    _faults: list[_Fault] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._server = Loopback(self._answer)

    @property
    def host(self) -> str:
        """What `TEAMS_ALLOW_HOSTS` has to name."""
        return self._server.root.removeprefix("http://")

    @property
    def url(self) -> str:
        """The secret address."""
        return f"{self._server.root}{_PATH}?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig={SIG}"

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.__exit__(None, None, None)

    def fail(
        self, mode: str, *, times: int = 1, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> None:
        """Let the next requests fail; `mode` is a status, `hang` or `drop`; `_after` posts before."""
        fault = _Fault(mode, body, headers or {})
        if not (fault.kind.isdecimal() or fault.kind in {"hang", "drop"}):
            raise ValueError(f"no such mode: {mode}")
        self._faults += [fault] * times

    def _answer(self, request: Request) -> Reply:
        self.requests.append(request)
        refusal = _refusal(request)
        if refusal:
            return refusal
        fault = self._faults.pop(0) if self._faults else None
        if fault is None or fault.mode.endswith(AFTER):
            self._run(request)
        return self._strike(fault) if fault else Reply(202, b"")

    def _run(self, request: Request) -> None:
        """Do what the flow does after the request was accepted."""
        try:
            self.posts.append(_card(request))
        except Unpostable as error:
            self.failed.append(str(error))

    def _strike(self, fault: _Fault) -> Reply:
        if fault.kind == "hang":
            self._server.hang(self.hang_seconds)
        if not fault.kind.isdecimal():
            raise Dropped
        return Reply(int(fault.kind), fault.body, "text/plain", fault.headers)


class Unpostable(Exception):
    """The flow took the request and could not post the card; the message says why."""


def _refusal(request: Request) -> Reply | None:
    """Return what is answered before any flow runs."""
    parts = urlsplit(request.path)
    if request.method != "POST" or parts.path != _PATH:
        return json_reply({"error": {"code": "WorkflowNotFound"}}, status=404)
    if parse_qs(parts.query).get("sig") != [SIG]:
        return json_reply({"error": {"code": "DirectApiAuthorizationRequired"}}, status=401)
    if len(request.body) > LARGEST:
        return Reply(413, b"")
    if request.headers.get("content-type") != "application/json":
        return json_reply({"error": {"code": "TriggerInputSchemaMismatch"}}, status=400)
    return None


def _card(request: Request) -> Json:
    match json.loads(request.body):
        case {"type": "message", "attachments": [attachment], **rest} if not rest:
            card = _attached(attachment)
        case _:
            raise Unpostable("no message with one attachment")
    if card.get("version") not in _VERSIONS:
        raise Unpostable(f"version {card.get('version')!r}")
    if unknown := find_schema_problems(card):
        raise Unpostable(f"no card of version 1.4: {unknown[0]}")
    if dead := _ANSWERED & {element["type"] for element in elements(card)}:
        raise Unpostable(f"nobody answers {sorted(dead)}")
    return card


def _attached(attachment: Any) -> Json:
    match attachment:
        case {"contentType": content_type, "contentUrl": None, "content": {"type": "AdaptiveCard"} as card}:
            if content_type == _CARD_TYPE:
                return dict(card)
    raise Unpostable("the attachment is no Adaptive Card")

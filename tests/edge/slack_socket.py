"""Slack's side of Socket Mode: tickets, connections, and requests that are sent until they are acknowledged.

The rules are those of docs.slack.dev, Using Socket Mode, unless another source is named (facts on Slack,
1.8).
What Slack does not say is the test's to vary: which connection gets a request, and when one ends.
"""

from __future__ import annotations

import contextlib
import json
import logging
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import serve

from tests.edge.slack_links import Drop, Link, Sent, send_half
from tests.edge.slack_state import Json, Refused

if TYPE_CHECKING:
    from websockets.http11 import Request as Handshake
    from websockets.http11 import Response
    from websockets.sync.server import Server, ServerConnection

    from tests.edge.loopback import Request
    from tests.edge.slack_state import Workspace

MAX_CONNECTIONS = 10
ACK_SECONDS = 3.0
PATIENT_ACK_SECONDS = 60.0
"""For tests that are not about the time: what a busy machine answers late counts as answered."""
RETRIES = 3
"""An event that was not acknowledged is sent again so often (documentation, Events API, Error handling)."""
APP_TOKEN = "xapp-1-A0FAKEAPP-1234-secret"


@dataclass(eq=False)
class SocketMode:
    """Slack's side for one app. `app_id` is the app that the token belongs to.

    `switched_off` is how Slack says that Socket Mode is off: by an `error`, or by a `warning` beside a ticket
    that works. Both were seen.
    """

    workspace: Workspace
    app_token: str = APP_TOKEN
    app_id: str = ""
    scopes: set[str] = field(default_factory=lambda: {"connections:write"})
    switched_off: str = ""
    redirects: bool = False
    """Whether a ticket is answered with a redirect to a connection that works."""
    ack_seconds: float = PATIENT_ACK_SECONDS
    links: list[Link] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    """What the app did that Slack does not take."""
    opened: int = 0
    repeat: bool = False
    """Whether each request is sent twice, over any connections."""
    acknowledgements: list[Json] = field(default_factory=list)
    envelopes: list[Json] = field(default_factory=list)
    _server: Server | None = None
    _tickets: set[str] = field(default_factory=set)
    _sent: dict[str, Sent] = field(default_factory=dict)
    _drops: list[Drop] = field(default_factory=list)
    _turn: int = 0

    def start(self) -> None:
        """Open the server, for the first connection."""
        if self._server is not None:
            return
        logging.getLogger("websockets.server").setLevel(logging.CRITICAL)
        self._server = serve(
            self._serve, "127.0.0.1", 0, process_request=self._admit, compression=None, close_timeout=1
        )
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Close the server, if it was opened; fail if the app did what Slack does not take."""
        if self._server is not None:
            self._server.shutdown()
            self._thread.join()
        assert not self.problems, self.problems

    @property
    def port(self) -> int:
        assert self._server is not None
        return int(self._server.socket.getsockname()[1])

    def open_ticket(self, request: Request, args: Json) -> Json:
        """Answer apps.connections.open, which takes the token in the header only (its page, Usage info)."""
        offered = request.headers.get("authorization", "").removeprefix("Bearer ")
        if request.method != "POST" or "token" in args or not offered:
            raise Refused("not_authed")
        if not offered.startswith("xapp-"):
            raise Refused("not_allowed_token_type")
        if offered != self.app_token:
            raise Refused("invalid_auth")
        if "connections:write" not in self.scopes:
            raise Refused("missing_scope", needed="connections:write", provided="")
        if self.switched_off == "error":
            raise Refused("socket_mode_not_enabled")
        with self.workspace.changed:
            self.start()
            ticket = self.workspace.new_id("ticket-")
            self._tickets.add(ticket)
        warning = {"response_metadata": {"messages": ["[WARN] Socket Mode is not turned on."]}}
        app = self.app_id or self.workspace.api_app_id
        address = f"ws://127.0.0.1:{self.port}/link/?ticket={ticket}&app_id={app}"
        return {"ok": True, "url": address, **(warning if self.switched_off else {})}

    def drop(self, moment: Drop, *, times: int = 1) -> None:
        """Have the connection of each of the next requests end at this moment."""
        self._drops += [moment] * times

    def open_links(self) -> list[Link]:
        with self.workspace.changed:
            return [each for each in self.links if not each.is_closing]

    def wait_for_links(self, count: int = 1, *, timeout: float = 60) -> list[Link]:
        """Wait until exactly so many connections are open."""
        with self.workspace.changed:
            assert self.workspace.changed.wait_for(lambda: len(self.open_links()) == count, timeout), (
                self.links
            )
            return self.open_links()

    def wait_for_opened(self, count: int, *, timeout: float = 60) -> None:
        """Wait until so many connections have been opened in all."""
        with self.workspace.changed:
            assert self.workspace.changed.wait_for(lambda: self.opened >= count, timeout), self.opened

    def disconnect(self, link: Link, reason: str, *, close: bool = True) -> None:
        """Say that the connection will be closed, and close it."""
        with self.workspace.changed:
            link.is_closing = True
        self._say(link, {"type": "disconnect", "reason": reason, "debug_info": {"host": "wss-111.slack.com"}})
        if close:
            link.socket.close()

    def send_raw(self, text: str | bytes) -> None:
        """Send something over an open connection, whatever it holds; it may be acknowledged as `e`."""
        self._sent["e"] = Sent("e", accepts_response=True)
        with contextlib.suppress(ConnectionClosed):
            self.wait_for_links()[0].socket.send(text)

    def deliver(self, kind: str, payload: Any, *, accepts_response: bool) -> Sent | None:
        """Send a request until it is acknowledged; return it, or `None` if it never was.

        An event is sent again; of a click the person sees that it failed.
        """
        attempts = 1 + RETRIES if kind == "events_api" else 1
        for attempt in range(attempts):
            retry = {"retry_attempt": attempt, "retry_reason": "timeout"} if attempt else {}
            envelope = {
                "envelope_id": self.workspace.new_id("envelope-"),
                "payload": payload,
                "type": kind,
                "accepts_response_payload": accepts_response,
                **retry,
            }
            sent = self._send(envelope)
            if self.repeat:
                self._send(envelope)
            if self._wait_for_acknowledgement(sent):
                return sent
        return None

    def _send(self, envelope: Json) -> Sent:
        """Send over any connection that is open, in turn."""
        with self.workspace.changed:
            assert self.workspace.changed.wait_for(self.open_links, PATIENT_ACK_SECONDS), (
                "no connection is open"
            )
            links = self.open_links()
            self._turn += 1
            link = links[self._turn % len(links)]
            drop = self._drops.pop(0) if self._drops else None
            previous = self._sent.get(envelope["envelope_id"])
            sent = previous or Sent(envelope["envelope_id"], envelope["accepts_response_payload"], drop=drop)
            self._sent[sent.envelope_id] = sent
            self.envelopes.append(envelope)
            link.delivered += 1
        if drop is Drop.BEFORE_REQUEST:
            link.cut()
        elif drop is Drop.AMID_REQUEST:
            send_half(link.socket, json.dumps(envelope))
            link.cut()
        else:
            self._say(link, envelope)
        if drop is Drop.AFTER_REQUEST:
            link.cut()
        return sent

    def _wait_for_acknowledgement(self, sent: Sent) -> bool:
        """Return whether it came; what can't come any more is not waited for."""
        if sent.drop in {Drop.BEFORE_REQUEST, Drop.AMID_REQUEST, Drop.AFTER_REQUEST}:
            return False
        with self.workspace.changed:
            came = self.workspace.changed.wait_for(lambda: sent.acknowledgement is not None, self.ack_seconds)
            return came and sent.drop is not Drop.AMID_ANSWER

    def _admit(self, connection: ServerConnection, request: Handshake) -> Response | None:
        """Take each ticket once. What Slack answers otherwise is not documented."""
        tickets = parse_qs(urlsplit(request.path).query).get("ticket", [])
        with self.workspace.changed:
            if len(tickets) == 1 and tickets[0] in self._tickets and self.redirects:
                self.redirects = False
                response = connection.respond(302, "")
                response.headers["Location"] = request.path
                return response
            if len(tickets) == 1 and tickets[0] in self._tickets:
                self._tickets.remove(tickets[0])
                return None
        return connection.respond(403, "no such ticket\n")

    def _serve(self, connection: ServerConnection) -> None:
        link = Link(connection)
        with self.workspace.changed:
            self.opened += 1
            is_full = len(self.open_links()) >= MAX_CONNECTIONS
        if is_full:
            # Seen in slackapi/bolt-js#2238; on which of the connections is not documented.
            self.disconnect(link, "too_many_websockets")
            return
        self._say(link, self._greeting())
        with self.workspace.changed:
            self.links.append(link)
            self.workspace.changed.notify_all()
        try:
            for message in connection:
                self._receive(link, message)
        except ConnectionClosed:
            pass
        finally:
            with self.workspace.changed:
                self.links.remove(link)
                self.workspace.changed.notify_all()

    def _greeting(self) -> Json:
        return {
            "type": "hello",
            "connection_info": {"app_id": self.app_id or self.workspace.api_app_id},
            "num_connections": len(self.links) + 1,
            "debug_info": {"host": "applink-1", "build_number": 54, "approximate_connection_time": 3600},
        }

    def _receive(self, link: Link, message: str | bytes) -> None:
        """Take an acknowledgement: of a request that was sent, with a response where one is accepted."""
        try:
            content = json.loads(message)
            sent = self._sent[content["envelope_id"]]
        except (ValueError, LookupError, TypeError):
            self.problems.append(f"no acknowledgement of a request: {message!r}")
            return
        if set(content) - {"envelope_id", "payload"} or ("payload" in content and not sent.accepts_response):
            self.problems.append(f"more than is accepted: {content}")
        with self.workspace.changed:
            sent.acknowledgement = content
            self.acknowledgements.append(content)
            self.workspace.changed.notify_all()
        if sent.drop in {Drop.AMID_ANSWER, Drop.AFTER_ANSWER}:
            link.cut()

    def _say(self, link: Link, message: Json) -> None:
        with contextlib.suppress(ConnectionClosed, OSError):
            link.socket.send(json.dumps(message))

"""A small strict Slack on 127.0.0.1 for tests: Web API, response_urls, rate limit and scripted faults.

It refuses what Slack refuses, and a little more: blocks and text go through `block_kit`. slack_sdk and Bolt
use urllib, so a real socket is the only place to stand (facts on Slack, 1.2 and 2).
"""

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from types import TracebackType
from typing import Any, TypeVar
from urllib.parse import urlsplit

from tests.edge import slack_methods
from tests.edge.loopback import Loopback, Reply, Request, json_reply
from tests.edge.slack_faults import Fault
from tests.edge.slack_http import arguments, require_token
from tests.edge.slack_responses import respond
from tests.edge.slack_socket import SocketMode
from tests.edge.slack_state import (
    ALL_SCOPES,
    RESPONSE_URL_SECONDS,
    TRIGGER_SECONDS,
    Call,
    Channel,
    Group,
    Json,
    Person,
    RateLimited,
    Refused,
    ResponseUrl,
    Trigger,
    Workspace,
)

T = TypeVar("T")
TOKEN = "xoxb-fake-token"


class FakeSlack(Workspace, Loopback):
    """Use as a context manager; point the client at `api_url` with `token`.

    `rate_limit` allows `burst` posts at once to a channel and one a second after that, by `clock`. A "hang"
    lasts `hang_seconds`. A trigger opens a modal for `trigger_seconds`: what goes by the machine's clock, on
    a busy machine, may need more than Slack's three. Leaving fails when the fake itself failed on a request.
    """

    def __init__(
        self,
        *,
        token: str = TOKEN,
        scopes: Iterable[str] = ALL_SCOPES,
        rate_limit: bool = False,
        burst: int = 1,
        hang_seconds: float = 30.0,
        trigger_seconds: float = TRIGGER_SECONDS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        Workspace.__init__(self, clock=clock, scopes=scopes, token=token)
        Loopback.__init__(self, self._answer)
        self.rate_limit, self.burst, self.hang_seconds = rate_limit, burst, hang_seconds
        self.trigger_seconds = trigger_seconds
        self._calls: list[Call] = []
        self._faults: list[Fault] = []
        self.api_url = f"{self.root}/api/"
        self.sockets = SocketMode(self)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        self.sockets.stop()

    def add_person(
        self,
        user_id: str,
        name: str,
        email: str,
        *,
        deleted: bool = False,
        bot: bool = False,
        guest: bool = False,
        team_id: str | None = None,
        workspaces: tuple[str, ...] = (),
    ) -> Person:
        self.people[user_id] = Person(user_id, name, email, deleted, bot, guest, team_id, workspaces)
        return self.people[user_id]

    def add_group(self, group_id: str, handle: str, *users: str, disabled: bool = False) -> None:
        self.groups[group_id] = Group(group_id, handle, handle.title(), users, disabled)

    def add_channel(
        self,
        channel_id: str,
        name: str = "",
        *,
        private: bool = False,
        archived: bool = False,
        bot_is_member: bool = True,
        members: Iterable[str] | None = None,
    ) -> Channel:
        """Add a channel; `members` None means everyone is in it."""
        among = None if members is None else frozenset(members)
        channel = Channel(channel_id, name or channel_id.lower(), private, archived, bot_is_member, among)
        self.channels[channel_id] = channel
        return channel

    def fail(
        self, method: str, mode: str, *, times: int = 1, retry_after: int = 1, channel: str | None = None
    ) -> None:
        """Make the next `times` calls of `method` (or `response_url`) fail; for modes see `slack_faults`.

        With `channel`, only calls that name this channel count.
        """
        with self.changed:
            self._faults.append(Fault(method, mode, times, retry_after, channel=channel))

    def faults(self) -> list[Fault]:
        """Copies of the faults that have not struck as often as they were to."""
        with self.changed:
            return [replace(fault) for fault in self._faults if fault.times > 0]

    def answer(self, method: str, content: Any, *, status: int = 200, times: int = 1) -> None:
        """Answer the next `times` calls of `method` with this JSON or these bytes, after it took effect."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        with self.changed:
            self._faults.append(Fault(method, "instead", times, 0, Reply(status, body)))

    def heal(self) -> None:
        """Forget the faults not yet used."""
        with self.changed:
            self._faults.clear()

    def messages(self, channel_id: str) -> list[Json]:
        """Copies of what was posted there, oldest first, replies included; of a channel or a person."""
        with self.changed:
            return _copied(self.channel(channel_id).messages)

    def private_replies(self, user_id: str) -> list[Json]:
        """What only this person was shown: chat.postEphemeral, response_urls, answers to commands."""
        with self.changed:
            return _copied([each for each in self.ephemerals if each["user"] == user_id])

    def wait_for_replies(self, user_id: str, count: int = 1) -> list[Json]:
        """Wait until this person was shown at least so many private replies and return all of them."""

        def list_if_enough() -> list[Json]:
            replies = self.private_replies(user_id)
            return replies if len(replies) >= count else []

        return self.wait_for(list_if_enough)

    def calls(self, method: str | None = None) -> list[Call]:
        with self.changed:
            return [each for each in self._calls if method in {None, each.method}]

    def home(self, user_id: str) -> Json | None:
        with self.changed:
            return _copied(self.homes.get(user_id))

    def modals(self, user_id: str) -> list[Json]:
        """The modals this person has open, oldest first."""
        with self.changed:
            return _copied([each for each in self.views.values() if each["user_id"] == user_id])

    def new_trigger(self, user_id: str) -> str:
        trigger_id = self.new_id("trigger.")
        self.triggers[trigger_id] = Trigger(user_id, self.clock() + self.trigger_seconds)
        return trigger_id

    def new_response_url(self, user_id: str, channel_id: str, *, message_ts: str | None = None) -> str:
        """A response_url for this person; `message_ts` is the message it may replace."""
        url_id = self.new_id("R")
        expires = self.clock() + RESPONSE_URL_SECONDS
        self.response_urls[url_id] = ResponseUrl(user_id, channel_id, message_ts, expires)
        return f"{self.root}/response/{url_id}"

    def wait_for(self, predicate: Callable[[], T], *, timeout: float = 60.0) -> T:
        """Wait until `predicate` holds and give its value; it is asked again after each call.

        It may read this fake only. Raises AssertionError, with the calls so far, after `timeout` seconds.
        """
        with self.changed:
            value = self.changed.wait_for(predicate, timeout)
            if not value:
                names = [each.method for each in self._calls]
                raise AssertionError(f"not within {timeout} s; Slack was called: {names}")
            return value

    def _answer(self, request: Request) -> Reply:
        path = urlsplit(request.path).path
        try:
            if path.startswith("/api/"):
                reply = self._serve(request, path.removeprefix("/api/"), self._web_api)
            elif path.startswith("/response/"):
                reply = self._serve(request, "response_url", self._response_url)
            else:
                reply = Reply(404, b"no such page", "text/plain")
        except RateLimited as limit:
            headers = {"Retry-After": str(limit.retry_after)}
            reply = json_reply({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
        except Refused as refusal:
            reply = json_reply(refusal.body)
        return reply

    def _serve(self, request: Request, method: str, run: Callable[[Request, Json], Reply]) -> Reply:
        args = arguments(request)
        fault = self._log_and_take_fault(method, args)
        if fault and not fault.strikes_after:
            return self._strike(fault, request)
        with self.changed:
            reply = run(request, args)
            self.changed.notify_all()
        return self._strike(fault, request) if fault else reply

    def _log_and_take_fault(self, method: str, args: Json) -> Fault | None:
        with self.changed:
            self._calls.append(Call(method, args, self.clock()))
            self.changed.notify_all()
            for fault in self._faults:
                if fault.is_due(method, args):
                    fault.times -= 1
                    return fault
        return None

    def _strike(self, fault: Fault, request: Request) -> Reply:
        if fault.mode == "hang_alive":
            self.hang(self.hang_seconds, sign=request.sign)
        elif fault.mode.startswith("hang"):
            self.hang(self.hang_seconds)
        return fault.strike()

    def _web_api(self, request: Request, args: Json) -> Reply:
        method = urlsplit(request.path).path.removeprefix("/api/")
        if method == "apps.connections.open":
            return json_reply(self.sockets.open_ticket(request, args))
        require_token(request, self.token)
        answer = slack_methods.call(self, method, args)
        return json_reply(answer, headers={"X-OAuth-Scopes": ",".join(sorted(self.scopes))})

    def _response_url(self, request: Request, args: Json) -> Reply:
        return respond(self, urlsplit(request.path).path.removeprefix("/response/"), args)


def _copied(value: T) -> T:
    """Return what is shown as it comes over the wire: many look at many messages many times."""
    copy: T = json.loads(json.dumps(value))
    return copy

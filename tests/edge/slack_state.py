"""What the fake Slack remembers: people, channels, messages, views, and what it handed out."""

import math
import threading
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

RESPONSE_URL_SECONDS, RESPONSE_URL_USES = 30 * 60, 5
TRIGGER_SECONDS, PATIENT_TRIGGER_SECONDS = 3, 60

ALL_SCOPES = frozenset(
    {
        "chat:write", "commands", "users:read", "users:read.email", "usergroups:read", "im:write",
        "channels:read", "groups:read", "im:read", "channels:history", "groups:history", "im:history",
        "links:read", "links:write",
    }
)  # fmt: skip


class Refused(Exception):
    """Slack's `ok: false` with an error name and whatever else belongs in the body."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.body: Json = {"ok": False, "error": error, **more}


class RateLimited(Exception):
    """HTTP 429 with `Retry-After` in whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


@dataclass(frozen=True)
class Person:
    """`team_id` is another company's workspace, of one who comes through Slack Connect; `None` for ours.

    `workspaces` are all that a person of an Enterprise Grid is in, `team_id` then the one they came from.
    """

    id: str
    name: str
    email: str
    deleted: bool = False
    bot: bool = False
    guest: bool = False
    team_id: str | None = None
    workspaces: tuple[str, ...] = ()
    locale: str = "en-US"


@dataclass(frozen=True)
class Group:
    id: str
    handle: str
    name: str
    users: tuple[str, ...]
    disabled: bool = False


@dataclass
class Channel:
    """`members` None means everyone; a private channel without the bot looks like no channel at all."""

    id: str
    name: str
    private: bool = False
    archived: bool = False
    bot_is_member: bool = True
    members: frozenset[str] | None = None
    direct: bool = False
    messages: list[Json] = field(default_factory=list)
    allowance: float = math.inf
    """Posts left in the burst at `allowed_at`, for the rate limit."""
    allowed_at: float = 0.0


@dataclass(frozen=True)
class Call:
    """One request as it came in: `method` is the Web API's name or `response_url`; `time` is the clock's."""

    method: str
    args: Mapping[str, Any]
    time: float


@dataclass
class ResponseUrl:
    user_id: str
    channel_id: str
    message_ts: str | None
    expires: float
    uses_left: int = RESPONSE_URL_USES


@dataclass
class Trigger:
    user_id: str
    expires: float
    used: bool = False


class Workspace:
    """The state behind the fake's HTTP face; every change is announced on `changed`."""

    def __init__(self, *, clock: Callable[[], float], scopes: Iterable[str], token: str) -> None:
        self.clock, self.scopes, self.token = clock, set(scopes), token
        self.team_id, self.api_app_id, self.bot_user_id, self.bot_id = (
            "T0FAKETEAM",
            "A0FAKEAPP",
            "U0BOT",
            "B0BOT",
        )
        self.changed = threading.Condition()
        self.people: dict[str, Person] = {}
        self.groups: dict[str, Group] = {}
        self.channels: dict[str, Channel] = {}
        self.ephemerals: list[Json] = []
        self.views: dict[str, Json] = {}
        self.unfurls: list[Json] = []
        self.homes: dict[str, Json] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.triggers: dict[str, Trigger] = {}
        self.rate_limit, self.burst = False, 1
        self._last_ts = self._last_number = 0

    def next_ts(self) -> str:
        with self.changed:
            self._last_ts = max(self._last_ts + 1, int(self.clock() * 1_000_000))
            return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def new_id(self, prefix: str) -> str:
        with self.changed:
            self._last_number += 1
            return f"{prefix}{self._last_number:08d}"

    def channel(self, channel_id: str) -> Channel:
        """Find a channel, or open the direct one when a person's id is given, as chat.postMessage does."""
        person = self.people.get(channel_id)
        if person and not person.deleted:
            direct = f"D{person.id[1:]}"
            members = frozenset({person.id})
            self.channels.setdefault(direct, Channel(direct, person.name, members=members, direct=True))
            return self.channels[direct]
        channel = self.channels.get(channel_id)
        if not channel or (channel.private and not channel.bot_is_member):
            raise Refused("channel_not_found")
        return channel

    def writable_channel(self, channel_id: str) -> Channel:
        channel = self.channel(channel_id)
        if channel.archived:
            raise Refused("is_archived")
        if not channel.bot_is_member and "chat:write.public" not in self.scopes:
            raise Refused("not_in_channel")
        return channel

    def message(self, channel: Channel, ts: str) -> Json:
        for each in channel.messages:
            if each["ts"] == ts:
                return each
        raise Refused("message_not_found")

    def post(self, channel: Channel, content: Mapping[str, Any]) -> Json:
        message: Json = {
            "type": "message",
            "user": self.bot_user_id,
            "bot_id": self.bot_id,
            "app_id": self.api_app_id,
            "ts": self.next_ts(),
            "channel": channel.id,
            "text": "",
            "blocks": [],
            **deepcopy({name: value for name, value in content.items() if value is not None}),
        }
        channel.messages.append(message)
        return message

    def edit(self, message: Json, content: Mapping[str, Any]) -> None:
        """Replace text and blocks (absent blocks vanish if text is given); metadata stays unless replaced."""
        if content.get("text") is not None:
            message["text"], message["blocks"] = content["text"], []
        for name in ("blocks", "metadata"):
            if content.get(name) is not None:
                message[name] = deepcopy(content[name])
        message["edited"] = {"user": self.bot_user_id, "ts": self.next_ts()}

    def tell_privately(self, user_id: str, channel_id: str, content: Mapping[str, Any], via: str) -> Json:
        message: Json = {
            "user": user_id,
            "channel": channel_id,
            "ts": self.next_ts(),
            "text": content.get("text") or "",
            "blocks": deepcopy(content.get("blocks") or []),
            "via": via,
        }
        with self.changed:
            self.ephemerals.append(message)
            self.changed.notify_all()
        return message

    def use_trigger(self, trigger_id: str) -> str:
        """Say whose trigger this is; it lives three seconds and serves once (facts on Slack, 1.4)."""
        trigger = self.triggers.get(trigger_id)
        if not trigger:
            raise Refused("invalid_trigger_id")
        if trigger.used:
            raise Refused("exchanged_trigger_id")
        if self.clock() > trigger.expires:
            raise Refused("expired_trigger_id")
        trigger.used = True
        return trigger.user_id

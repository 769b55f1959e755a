"""What the fake Teams remembers: people, where they talk, messages, the tokens that it handed out."""

import threading
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

BOT, TENANT = "8f3f1a52-6a57-4f0e-9a53-0d6c1c1f5b11", "3d1e9f0a-2b7c-4a85-9e64-7f1f4c1b2a90"
PASSWORD = "a~client.secret"


class Refused(Exception):
    """An answer that is no success: a status, and an error with a name, as the connector writes it."""

    def __init__(self, status: int, code: str, message: str = "") -> None:
        super().__init__(code)
        self.status = status
        self.body: Json = {"error": {"code": code, "message": message or code}}


@dataclass(frozen=True)
class Person:
    """`id` is the bot's name for the person, `oid` the one in Entra; `tenant_id` is another company's."""

    id: str
    name: str
    email: str
    oid: str
    tenant_id: str | None = None


@dataclass
class Conversation:
    """A channel, a group chat or a chat with one person. `members` None means everyone.

    `installed` says whether the bot is in its team or chat, `writable` whether anyone may write there.
    """

    id: str
    kind: str
    name: str
    team_id: str | None = None
    installed: bool = True
    writable: bool = True
    members: frozenset[str] | None = None
    messages: list[Json] = field(default_factory=list)


@dataclass(frozen=True)
class Call:
    """One request as it came in: `method` is one of those in `teams_methods`, `token` or `keys`."""

    method: str
    path: str
    content: Any
    time: float


class Tenant:
    """The state behind the fake's HTTP face; every change is announced on `changed`."""

    def __init__(
        self, *, app_id: str, password: str, tenant_id: str, clock: Callable[[], float], token_seconds: int
    ) -> None:
        self.app_id, self.password, self.tenant_id, self.clock = app_id, password, tenant_id, clock
        self.token_seconds = token_seconds
        self.bot_id = f"28:{app_id}"
        self.changed = threading.Condition()
        self.people: dict[str, Person] = {}
        self.places: dict[str, Conversation] = {}
        self.tokens: dict[str, float] = {}
        self.blocking: set[str] = set()
        """People whom the bot can't write to alone."""
        self._last = 0

    def add_person(
        self, person_id: str, name: str, email: str, *, oid: str = "", tenant_id: str | None = None
    ) -> Person:
        entra = oid or f"00000000-0000-4000-8000-{len(self.people):012}"
        self.people[person_id] = Person(person_id, name, email, entra, tenant_id)
        return self.people[person_id]

    def add_channel(
        self,
        channel_id: str,
        name: str = "",
        *,
        team_id: str = "19:team@thread.tacv2",
        members: Iterable[str] | None = None,
        installed: bool = True,
        writable: bool = True,
    ) -> Conversation:
        among = None if members is None else frozenset(members)
        place = Conversation(channel_id, "channel", name or channel_id, team_id, installed, writable, among)
        self.places[channel_id] = place
        return place

    def add_chat(self, chat_id: str, *members: str, installed: bool = True) -> Conversation:
        """Add a chat of these people: with one of them it is a personal one."""
        kind = "personal" if len(members) == 1 else "groupChat"
        self.places[chat_id] = Conversation(chat_id, kind, "", None, installed, members=frozenset(members))
        return self.places[chat_id]

    def new_id(self) -> str:
        """Return what a message is called: milliseconds, and never the same twice."""
        with self.changed:
            self._last = max(self._last + 1, int(self.clock() * 1000))
            return str(self._last)

    def place(self, conversation_id: str) -> Conversation:
        """Find the place of a conversation, which may be a thread in it; the bot has to be there."""
        place = self.places.get(conversation_id.partition(";")[0])
        if not place:
            raise Refused(404, "ConversationNotFound", "Conversation not found.")
        if not place.installed:
            raise Refused(403, "BotNotInConversationRoster", "The bot is not part of the roster.")
        return place

    def writable_place(self, conversation_id: str) -> Conversation:
        place = self.place(conversation_id)
        if not place.writable:
            raise Refused(403, "MessageWritesBlocked", "Writes are blocked in this thread.")
        return place

    def message(self, conversation_id: str, activity_id: str) -> Json:
        """Find a message that stands; its thread has to be the right one."""
        place = self.place(conversation_id)
        for each in place.messages:
            if each["id"] == activity_id and not each["deleted"] and self._is_in(each, conversation_id):
                return each
        raise Refused(404, "ActivityNotFoundInConversation", "Conversation not found.")

    def keep(
        self, place: Conversation, activity: Mapping[str, Any], *, by: str, thread: str = "", only: str = ""
    ) -> Json:
        """Keep a message; without a thread it begins one, if the place has any. `only` is who sees it."""
        activity_id = self.new_id()
        thread_id = f"{place.id};messageid={activity_id}" if place.kind == "channel" else place.id
        message = {
            **deepcopy(dict(activity)),
            "id": activity_id,
            "place": place.id,
            "conversation": thread or thread_id,
            "by": by,
            "only": only,
            "deleted": False,
            "edits": 0,
        }
        with self.changed:
            place.messages.append(message)
            self.changed.notify_all()
        return message

    def member(self, place: Conversation, name: str) -> Person:
        """Find a person in a place by the bot's id, the one in Entra, or the address they sign in with."""
        for each in self.people.values():
            is_known = name.casefold() in {each.id.casefold(), each.oid.casefold(), each.email.casefold()}
            if is_known and (place.members is None or each.id in place.members):
                return each
        raise Refused(404, "MemberNotFoundInConversation", "Member not found.")

    def _is_in(self, message: Json, conversation_id: str) -> bool:
        return conversation_id in {message["conversation"], message["place"]}

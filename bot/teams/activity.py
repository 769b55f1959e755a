"""One activity of the Bot Framework: a body in which any member may be absent (facts on Teams, 2.4)."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from notifiers.shared.json_members import get_member, get_text, list_objects
from reviews.repeated_requests import name_request
from reviews.text import strip_unstorable

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_TEXT_LENGTH = 4000  # characters; no command is longer
MAX_MENTIONS = 50
MAX_MENTION_LENGTH = 300
_THREAD = ";messageid="
_PERSON = re.compile(r"[\w:.@-]{1,200}")
_TAG = re.compile("<[^<>]*>")


@dataclass(frozen=True)
class Activity:
    """What was posted to us, under its own names in `payload`; an absent member reads as an empty text."""

    payload: Mapping[str, Any]

    @property
    def kind(self) -> str:
        return self._read_text("type")

    @property
    def id(self) -> str:
        return self._read_text("id")

    @property
    def request_name(self) -> str:
        """The name of the request, by which a repeated one is recognized."""
        return name_request("teams", f"{self.conversation}:{self.id}" if self.id else "", self.payload)

    @property
    def sent_at(self) -> datetime | None:
        """When it was sent, by its own timestamp; `None` without a time and zone."""
        try:
            at = datetime.fromisoformat(self._read_text("timestamp"))
        except ValueError:
            return None
        return at if at.tzinfo else None

    @property
    def service_url(self) -> str:
        return self._read_text("serviceUrl").rstrip("/")

    @property
    def tenants(self) -> frozenset[str]:
        """The tenants that it names, in lower case."""
        paths = (("channelData", "tenant", "id"), ("conversation", "tenantId"))
        return frozenset(filter(None, (self._read_text(*path).lower() for path in paths)))

    @property
    def conversation(self) -> str:
        """Where it was sent: in a channel, the thread."""
        return self._read_text("conversation", "id")

    @property
    def channel(self) -> str:
        """The channel or chat without the thread."""
        return self.conversation.partition(_THREAD)[0]

    @property
    def team(self) -> str:
        return self._read_text("channelData", "team", "id")

    @property
    def is_personal(self) -> bool:
        return self._read_text("conversation", "conversationType") == "personal"

    @property
    def is_targeted(self) -> bool:
        """Whether only the sender and the bot see it."""
        return get_member(self.payload, "recipient", "isTargeted") is True

    @property
    def bot(self) -> str:
        """The bot's own id there, `28:<app id>`."""
        return self._read_text("recipient", "id")

    @property
    def sender(self) -> str:
        """The sender's id in Teams, which is different for each bot."""
        return self._read_text("from", "id")

    @property
    def object_id(self) -> str:
        """The sender's object id in Entra, by which a person is identified."""
        return self._read_text("from", "aadObjectId")

    @property
    def reply_to(self) -> str:
        """The message whose button was clicked."""
        return self._read_text("replyToId")

    @property
    def locale(self) -> str:
        """The language of the sender's Teams, as in `de-DE`."""
        locales = (get_text(entity, "locale") for entity in list_objects(self.payload, "entities"))
        return self._read_text("locale") or next(filter(None, locales), "")

    @property
    def command_text(self) -> str:
        """The text without the mention of the bot, which is recognized by its id, not by its text.

        Mentions of others are written in the form that the command parser reads.
        """
        text = self._read_text("text")[:MAX_TEXT_LENGTH]
        names = self._map_mentions()
        if not names:
            return html.unescape(text).strip()
        # In one pass, so that an inserted name is not searched for further mentions.
        mentions = re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))))
        text_without_tags = mentions.sub(lambda match: names[match[0]], text, count=MAX_MENTIONS)
        return html.unescape(text_without_tags).strip()

    def _map_mentions(self) -> dict[str, str]:
        """Return the replacement for each mention."""
        names: dict[str, str] = {}
        for entity in list_objects(self.payload, "entities")[:MAX_MENTIONS]:
            mention, person_id = get_text(entity, "text"), get_text(entity, "mentioned", "id")
            if not self.bot or not 0 < len(mention) <= MAX_MENTION_LENGTH or mention in names:
                continue
            if person_id == self.bot:
                names[mention] = " "
            elif _PERSON.fullmatch(person_id):
                names[mention] = f" <@{person_id}|{_TAG.sub('', mention)}> "
        return names

    def _read_text(self, *path: str) -> str:
        """Return a text that every database and address accepts."""
        return strip_unstorable(get_text(self.payload, *path))


def parse_activity(body: bytes) -> Activity | None:
    """Parse a body; `None` if it is not a JSON object, or names no type."""
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return Activity(payload) if isinstance(payload, dict) and get_text(payload, "type") else None

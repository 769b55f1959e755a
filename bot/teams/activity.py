"""One activity of the Bot Framework: a body of which nothing is certain (facts on Teams, 2.4)."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from notifiers.shared.json_members import member, objects, string
from reviews.answers.repeated_requests import name_request
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
    """What was posted to us, under its own names in `said`; whatever is absent reads as an empty text."""

    said: Mapping[str, Any]

    @property
    def kind(self) -> str:
        return self._text("type")

    @property
    def id(self) -> str:
        return self._text("id")

    @property
    def request_name(self) -> str:
        """The name of the request, by which one that is sent again is recognized."""
        return name_request("teams", f"{self.conversation}:{self.id}" if self.id else "", self.said)

    @property
    def sent_at(self) -> datetime | None:
        """When it was said, as it says; `None` where it says no time with its zone."""
        try:
            at = datetime.fromisoformat(self._text("timestamp"))
        except ValueError:
            return None
        return at if at.tzinfo else None

    @property
    def service_url(self) -> str:
        return self._text("serviceUrl").rstrip("/")

    @property
    def tenants(self) -> frozenset[str]:
        """The tenants that it names, in lower case."""
        places = (("channelData", "tenant", "id"), ("conversation", "tenantId"))
        return frozenset(filter(None, (self._text(*place).lower() for place in places)))

    @property
    def conversation(self) -> str:
        """Where it was said: in a channel, the thread."""
        return self._text("conversation", "id")

    @property
    def channel(self) -> str:
        """The channel or chat without the thread."""
        return self.conversation.partition(_THREAD)[0]

    @property
    def team(self) -> str:
        return self._text("channelData", "team", "id")

    @property
    def is_personal(self) -> bool:
        return self._text("conversation", "conversationType") == "personal"

    @property
    def is_targeted(self) -> bool:
        """Whether nobody but the sender and the bot sees it."""
        return member(self.said, "recipient", "isTargeted") is True

    @property
    def bot(self) -> str:
        """The bot's own id there, `28:<app id>`."""
        return self._text("recipient", "id")

    @property
    def sender(self) -> str:
        """The sender's id in Teams, which is another one in front of every bot."""
        return self._text("from", "id")

    @property
    def object_id(self) -> str:
        """The sender's object id in Entra, by which a person is known."""
        return self._text("from", "aadObjectId")

    @property
    def reply_to(self) -> str:
        """The message whose button was clicked."""
        return self._text("replyToId")

    @property
    def locale(self) -> str:
        """The language of the sender's Teams, as in `de-DE`."""
        told = (string(entity, "locale") for entity in objects(self.said, "entities"))
        return self._text("locale") or next(filter(None, told), "")

    @property
    def command_text(self) -> str:
        """The text without the mention of the bot, which is told apart by its id, not by its looks.

        Mentions of others are written as the words of commands know them.
        """
        text = self._text("text")[:MAX_TEXT_LENGTH]
        names = self._map_mentions()
        if not names:
            return html.unescape(text).strip()
        # In one pass: a name that was put in is not looked through for further mentions.
        mentions = re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))))
        written = mentions.sub(lambda found: names[found[0]], text, count=MAX_MENTIONS)
        return html.unescape(written).strip()

    def _map_mentions(self) -> dict[str, str]:
        """Return what each mention is written as."""
        names: dict[str, str] = {}
        for entity in objects(self.said, "entities")[:MAX_MENTIONS]:
            mention, who = string(entity, "text"), string(entity, "mentioned", "id")
            if not self.bot or not 0 < len(mention) <= MAX_MENTION_LENGTH or mention in names:
                continue
            if who == self.bot:
                names[mention] = " "
            elif _PERSON.fullmatch(who):
                names[mention] = f" <@{who}|{_TAG.sub('', mention)}> "
        return names

    def _text(self, *path: str) -> str:
        """Return a text as every database and address takes it."""
        return strip_unstorable(string(self.said, *path))


def parse_activity(body: bytes) -> Activity | None:
    """Return what a body says; `None` for what is no object of JSON, or names no type."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return Activity(said) if isinstance(said, dict) and string(said, "type") else None

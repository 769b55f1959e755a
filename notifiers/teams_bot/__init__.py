"""Teams through a bot: the review card with buttons that a verified click answers (facts on Teams, 2.4)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from notifiers.shared.adaptive_card import Owner
from notifiers.teams_bot import messages
from notifiers.teams_bot.card import draw_card_message, draw_notice_message
from notifiers.teams_bot.connector import (
    READ_SECONDS,
    Connector,
    TeamsConversation,
    get_channel_id,
    read_conversation,
)
from notifiers.teams_bot.hosts import ServiceHosts
from notifiers.teams_bot.people import TeamsOwners
from notifiers.teams_bot.personal_chats import post_to_person
from notifiers.teams_bot.tokens import Tokens
from reviews.errors import Permanent, Unreachable
from reviews.notice import parse_person_target

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from notifiers import ChannelContext
    from notifiers.teams_bot.connector import Activity
    from reviews.cards.card import Card
    from reviews.notice import Notice
    from reviews.people.identification import Directory

EXAMPLE = "teams-bot:19:0123456789abcdef0123456789abcdef@thread.tacv2"
NAME = messages.NAME
REACHES_PEOPLE = True
ANY_CONVERSATION = ""
"""The address under which the tenant's newest conversation is stored, whichever it was."""

_NOT_INSTALLED = (
    "the bot is not installed in that team: upload the app package (`docspace-review teams manifest`) and "
    "add it to the team; then `deliveries replay`"
)
_ID = re.compile(r"19:[A-Za-z0-9_.-]{1,200}@thread\.(?:tacv2|skype|v2)")


class TeamsBot:
    """Posts and redraws review cards. The address of a target is the id of a channel or a group chat."""

    # The limits are 7 messages a second, but 60 in thirty seconds and 1,800 an hour (facts on Teams, 2.4).
    post_interval = timedelta(seconds=1)

    def __init__(
        self,
        connector: Connector,
        find_conversation: Callable[[str, str], Mapping[str, str] | None],
        directory: Directory | None = None,
    ) -> None:
        """`find_conversation` returns Teams' stored data about a conversation, by channel and address."""
        self._connector = connector
        self._people = TeamsOwners(connector, directory)
        self._find_conversation = find_conversation

    def post(self, target: str, card: Card) -> str:
        conversation = self._load_conversation(target)
        return self._connector.post(conversation, self._draw_card(card, conversation))

    def post_notice(self, target: str, notice: Notice) -> str:
        person = parse_person_target(target)
        if person is not None:
            place = self._find_notice_place(notice)
            return post_to_person(self._connector, place, person, draw_notice_message(notice))
        conversation = self._load_conversation(target)
        owners = self._people.find_members(notice.mention, conversation)
        mentions = [owners.get(address) or Owner(name=address) for address in notice.mention]
        return self._connector.post_in_thread(
            conversation, draw_notice_message(notice, mentions), thread_message_id=notice.thread
        )

    def update(self, target: str, message_id: str, card: Card) -> None:
        conversation = self._load_conversation(target)
        self._connector.update(conversation, message_id, self._draw_card(card, conversation))

    def update_notice(self, target: str, message_id: str, notice: Notice) -> None:
        self._connector.update(self._load_conversation(target), message_id, draw_notice_message(notice))

    def _draw_card(self, card: Card, conversation: TeamsConversation) -> Activity:
        return draw_card_message(
            card,
            self._people.find_owners(card, conversation),
            card_links=messages.link_to_cards(card, conversation),
        )

    def is_public(self, target: str) -> bool:
        """A group chat is for its members; a channel is as public as its team, whose privacy is unknown."""
        return not target.endswith(messages.GROUP_CHAT)

    def find_message(self, target: str, card_or_notice: Card | Notice, *, since: datetime) -> str | None:  # noqa: ARG002
        raise Permanent("a bot may not read the messages of a Teams channel")

    def _find_notice_place(self, notice: Notice) -> TeamsConversation:
        """Return the place of a notice's card, where the person to notify is looked up."""
        if notice.thread is None:
            raise Unreachable("the bot looks people up where the card was posted, and there is no card")
        return self._load_conversation(get_channel_id(notice.thread))

    def _load_conversation(self, target: str) -> TeamsConversation:
        conversation = self._find_conversation(NAME, target) or self._find_conversation(
            NAME, ANY_CONVERSATION
        )
        if not conversation:
            raise Permanent(_NOT_INSTALLED)
        return read_conversation(conversation, target)


def why_not(address: str) -> str | None:
    """Return why this is no id of a channel or a group chat."""
    if _ID.fullmatch(address):
        return None
    return (
        f"{address!r} is not a Teams channel id: copy the channel's link in Teams, and use "
        f"the part between /channel/ and the next slash, decoded, as in {EXAMPLE!r}"
    )


def make_connector(context: ChannelContext, *, read_seconds: float = READ_SECONDS) -> Connector:
    """Return the connector of this installation's bot, without connecting."""
    tokens = Tokens(
        context.setting("TEAMS_LOGIN_URL"),
        app_id=context.setting("TEAMS_APP_ID"),
        password=context.setting("TEAMS_APP_PASSWORD"),
        tenant=context.setting("TEAMS_TENANT_ID"),
        read_seconds=read_seconds,
    )
    hosts = ServiceHosts.parse(context.option("TEAMS_ALLOW_HOSTS"))
    return Connector(tokens, hosts, read_seconds=read_seconds)


def build(context: ChannelContext) -> TeamsBot:
    return TeamsBot(make_connector(context), context.conversation, context.directory)

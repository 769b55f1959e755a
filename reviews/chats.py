"""Chats whose accounts can answer: how each names an account, and how it proves one.

To add such a chat, add its `Identity` and its entry here. The routing file, the ledger, permission and
subscriptions read this table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reviews.identity import Identity

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class Chat:
    """A chat whose accounts can answer.

    `identity` is what a click in it proves. `member` is the account's member in the ledger, in stored values
    and in `--json`. `id_form` and `id_meaning` say what the routing file may give as an account.
    """

    identity: Identity
    member: str
    id_form: re.Pattern[str]
    id_meaning: str


CHATS: Mapping[str, Chat] = {
    "slack": Chat(
        identity=Identity.SLACK,
        member="slack_user",
        id_form=re.compile("[UW][A-Z0-9]{1,40}"),
        id_meaning="a member's id in Slack, as in U0123456789",
    ),
    "teams": Chat(
        identity=Identity.TEAMS_BOT,
        member="teams_user",
        id_form=re.compile(r"[^\s<>\"]{1,113}"),
        id_meaning="a user principal name or an object id in Entra",
    ),
}
"""The chats by the name that the routing file gives them."""


def list_id_members(chat_ids: Mapping[str, str]) -> dict[str, str | None]:
    """Return the ids of one person by member, `None` in each chat where no account is proven."""
    return {chat.member: chat_ids.get(name) for name, chat in CHATS.items()}


def read_id_members(stored: Mapping[str, Any]) -> dict[str, str]:
    """Return the ids by chat, from values with the members of `list_id_members`."""
    return {name: stored[chat.member] for name, chat in CHATS.items() if stored.get(chat.member) is not None}

"""A chat account: whose it is according to the chat, and whether it can act for one of our members."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class AccountStatus(StrEnum):
    """The account's status in its own organization."""

    MEMBER = "member"
    GUEST = "guest"
    OUTSIDE = "outside"  # a bot, or a person whom the chat itself marks as external
    DEACTIVATED = "deactivated"


@dataclass(frozen=True, kw_only=True)
class ChatAccount:
    """What a chat last reported about one account.

    `chat` is "slack" or "teams". `id` is what the chat vouches for with each click. `workspaces` are the
    account's workspaces or tenant, `organization` the level above them. `other_emails` are proven to belong
    to the same person. `login` is the name that our own organization gave the account.
    """

    chat: str
    id: str
    name: str
    email: str | None
    status: AccountStatus
    workspaces: tuple[str, ...] = ()
    organization: str = ""
    other_emails: tuple[str, ...] = ()
    login: str = ""
    locale: str = ""

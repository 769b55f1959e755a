"""An account in a chat: who it says that somebody is, and whether it can stand for one of our own."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class AccountStatus(StrEnum):
    """What an account is in its own organization."""

    MEMBER = "member"
    GUEST = "guest"
    OUTSIDE = "outside"  # a bot, or somebody of whom the chat itself says that they are from elsewhere
    DEACTIVATED = "deactivated"


@dataclass(frozen=True, kw_only=True)
class ChatAccount:
    """What a chat said of one account when it was asked last.

    `chat` is "slack" or "teams", `id` what the chat vouches for with each click. `workspaces` are the
    workspaces or the tenant that the account is of, `organization` what is above those. `other_emails` are
    proven to be the same person's; `login` is the name that our own organization gave it.
    """

    chat: str
    id: str
    name: str
    email: str | None
    standing: AccountStatus
    workspaces: tuple[str, ...] = ()
    organization: str = ""
    other_emails: tuple[str, ...] = ()
    login: str = ""
    locale: str = ""

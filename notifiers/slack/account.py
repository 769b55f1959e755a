"""Slack's data about a person, as an account (facts on Slack, 1.6)."""

from __future__ import annotations

from typing import Any

from notifiers.shared.json_members import get_member, get_text
from reviews.account import AccountStatus, ChatAccount
from reviews.text import clean_name, strip_unstorable

CHAT_NAME = "slack"


def read_account(response: Any) -> ChatAccount | None:
    """Return the account in an answer of `users.info` or `users.lookupByEmail`; `None` if there is none.

    On Enterprise Grid a person is in several workspaces, and Slack may name the organization instead.
    """
    info = get_member(response, "user")
    user = get_text(info, "id")
    if not isinstance(info, dict) or not user:
        return None
    names = (
        get_text(info, "profile", "real_name"),
        get_text(info, "real_name"),
        get_text(info, "name"),
        user,
    )
    teams = get_member(info, "enterprise_user", "teams")
    workspaces = [info.get("team_id"), *(teams if isinstance(teams, list) else ())]
    return ChatAccount(
        chat=CHAT_NAME,
        id=user,
        name=clean_name(next(filter(None, names))),
        email=strip_unstorable(get_text(info, "profile", "email")) or None,
        status=_read_membership(info),
        workspaces=tuple(strip_unstorable(team) for team in workspaces if isinstance(team, str) and team),
        organization=strip_unstorable(get_text(info, "enterprise_user", "enterprise_id")),
        locale=strip_unstorable(get_text(info, "locale")),
    )


def _read_membership(info: dict[str, Any]) -> AccountStatus:
    if info.get("deleted"):
        return AccountStatus.DEACTIVATED
    if info.get("is_bot") or info.get("is_stranger"):
        return AccountStatus.OUTSIDE
    if info.get("is_restricted") or info.get("is_ultra_restricted"):
        return AccountStatus.GUEST
    return AccountStatus.MEMBER

"""What Slack says of a person, as an account (facts on Slack, 1.6)."""

from __future__ import annotations

from typing import Any

from notifiers.shared.members import member, string
from reviews.account import Account, Standing
from reviews.text import storable, take_name

CHAT = "slack"


def read(said: Any) -> Account | None:
    """Return the account that an answer of `users.info` or `users.lookupByEmail` names, if it names one.

    On Enterprise Grid a person is of several workspaces, and Slack may name the organization instead.
    """
    info = member(said, "user")
    user = string(info, "id")
    if not isinstance(info, dict) or not user:
        return None
    names = (string(info, "profile", "real_name"), string(info, "real_name"), string(info, "name"), user)
    teams = member(info, "enterprise_user", "teams")
    workspaces = [info.get("team_id"), *(teams if isinstance(teams, list) else ())]
    return Account(
        chat=CHAT,
        id=user,
        name=take_name(next(filter(None, names))),
        email=storable(string(info, "profile", "email")) or None,
        standing=_standing(info),
        workspaces=tuple(storable(team) for team in workspaces if isinstance(team, str) and team),
        organization=storable(string(info, "enterprise_user", "enterprise_id")),
        locale=storable(string(info, "locale")),
    )


def _standing(info: dict[str, Any]) -> Standing:
    if info.get("deleted"):
        return Standing.DEACTIVATED
    if info.get("is_bot") or info.get("is_stranger"):
        return Standing.OUTSIDE
    if info.get("is_restricted") or info.get("is_ultra_restricted"):
        return Standing.GUEST
    return Standing.MEMBER

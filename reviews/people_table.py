"""The table `[people]` of the routing file: who an address is in a chat that knows them by another."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from reviews import route_values
from reviews.routing import Known

if TYPE_CHECKING:
    from collections.abc import Callable

_CHATS = {
    "slack": (re.compile("[UW][A-Z0-9]{1,40}"), "a member's id in Slack, as in U0123456789"),
    "teams": (re.compile(r"[^\s<>\"]{1,113}"), "a user principal name or an object id in Entra"),
}


def read(table: Any, *, problems: list[str], line: Callable[[str], int]) -> dict[str, Known]:
    """Return the people by casefolded address; adds a sentence to `problems` for each mistake."""
    if not isinstance(table, dict):
        problems.append(f"line {line('')}: people is written as a table, [people]")
        return {}
    people = {}
    for address, said in table.items():
        try:
            people[route_values.email(address).casefold()] = _known(said)
        except ValueError as error:
            problems.append(f"line {line(address)}: people: {error}")
    return people


def _known(said: Any) -> Known:
    if not isinstance(said, dict) or not said:
        raise ValueError('write who it is in a chat, as in "anna@example.com" = { slack = "U0123456789" }')
    for chat, member in said.items():
        if chat not in _CHATS:
            raise ValueError(f"there is no chat {chat!r}{route_values.nearest(chat, _CHATS)}")
        form, meaning = _CHATS[chat]
        if not isinstance(member, str) or not form.fullmatch(member):
            raise ValueError(f"{str(member)[:60]!r} is not {meaning}")
    return Known(**said)

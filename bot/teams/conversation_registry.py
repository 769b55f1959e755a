"""Conversations in which the bot may post: every activity has the details, and posting needs them.

They are stored for each channel, and once for the whole tenant: a bot that is in a team may post to any of
its channels, also to those from which no activity came (facts on Teams, 2.4).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from notifiers.shared.json_members import get_text, list_objects
from notifiers.teams_bot import ANY_CONVERSATION, NAME, why_not

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.teams.activity import Activity
    from reviews.clock import Clock
    from reviews.ports.unit_of_work import Transactions

_REMOVAL_EVENTS = frozenset({"channelDeleted", "teamDeleted", "teamHardDeleted"})

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class ConversationRegistry:
    transactions: Transactions
    clock: Clock

    def update_from(self, activity: Activity) -> None:
        """Store the origin of an activity; delete it if the bot is no longer there."""
        addresses = _list_addresses(activity)
        if _is_removal(activity):
            self._forget(activity, addresses)
        else:
            self._remember(activity, [*addresses, ANY_CONVERSATION])

    def _remember(self, activity: Activity, addresses: Iterable[str]) -> None:
        details = {
            "service_url": activity.service_url,
            "tenant": next(iter(activity.tenants), ""),
            "bot": activity.bot,
            "team": activity.team,
        }
        with self.transactions(reading=True) as work:
            changed_addresses = [each for each in addresses if work.conversations.get(NAME, each) != details]
        if changed_addresses:
            with self.transactions() as work:
                for address in changed_addresses:
                    work.conversations.remember(NAME, address, details, at=self.clock())
                work.commit()
            log.info("teams_conversation_known", addresses=[each or "any" for each in changed_addresses])

    def _forget(self, activity: Activity, addresses: Iterable[str]) -> None:
        """Delete the addresses, once: the bot may have been added again since."""
        with self.transactions() as work:
            if not work.idempotency_keys.add_if_new(activity.request_name, at=self.clock()):
                return
            for address in addresses:
                work.conversations.forget(NAME, address)
            work.commit()
        log.info("teams_conversation_gone", addresses=list(addresses))


def _list_addresses(activity: Activity) -> list[str]:
    """Return the channels and group chats that an activity names; a team's id is its general channel's."""
    candidates = (
        activity.channel,
        get_text(activity.payload, "channelData", "channel", "id"),
        get_text(activity.payload, "channelData", "settings", "selectedChannel", "id"),
        activity.team,
    )
    return sorted({each for each in candidates if why_not(each) is None})


def _is_removal(activity: Activity) -> bool:
    """Return whether the bot was removed, or the team or channel was deleted."""
    removed = {get_text(each, "id") for each in list_objects(activity.payload, "membersRemoved")}
    return (
        (activity.kind == "installationUpdate" and get_text(activity.payload, "action").startswith("remove"))
        or (activity.kind == "conversationUpdate" and activity.bot in removed)
        or get_text(activity.payload, "channelData", "eventType") in _REMOVAL_EVENTS
    )

"""Channel subscriptions as commands manage them, in every chat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.command_replies import SentenceReply
from bot.command_requests import (
    ListSubscriptionsRequest,
    SubscribeChannelRequest,
    SubscriptionRequest,
    UnsubscribeChannelRequest,
)
from reviews.proven_person import UNPROVEN_PERSON
from reviews.subscriptions.subscriptions import SubscribeRequest

if TYPE_CHECKING:
    from bot.requester import Requester
    from reviews.proven_person import ProvenPerson
    from reviews.subscriptions.subscriptions import SubscriptionCommands, SubscriptionReply


@dataclass(frozen=True, kw_only=True)
class ChannelSubscriptions:
    """Runner of subscription commands.

    The use case may call remote services, so acknowledge a request that waits before calling this.
    """

    subscribing: SubscriptionCommands

    def carry_out(self, asked: SubscriptionRequest, asker: Requester) -> SentenceReply:
        """Return the outcome; raises `Refused` if the command was not sent in a channel.

        A reply that a thread can read shows only what a person without access to private titles may see.
        """
        reads_along = asker.is_overheard and not isinstance(asked, SubscribeChannelRequest)
        reply = self._run_request(
            asked, asker.channel, UNPROVEN_PERSON if reads_along else asker.find_reader()
        )
        return SentenceReply(sentence=reply.sentence, lines=reply.lines)

    def list_for_person(self, notifier: str, by: ProvenPerson, person: str) -> list[tuple[str, str]]:
        """Return the channels that a person subscribed, and what each sees; `person` is the chat's id."""
        return self.subscribing.list_of_person(notifier, by, person)

    def _run_request(
        self, asked: SubscriptionRequest, channel: tuple[str, str], by: ProvenPerson
    ) -> SubscriptionReply:
        match asked:
            case SubscribeChannelRequest():
                subscription = SubscribeRequest(folder=asked.folder, kinds=asked.kinds, digest=asked.daily)
                return self.subscribing.subscribe(subscription, channel=channel, by=by)
            case UnsubscribeChannelRequest():
                return self.subscribing.unsubscribe(asked.folder, channel=channel, by=by)
            case ListSubscriptionsRequest():
                return self.subscribing.list_subscriptions(channel=channel, by=by)

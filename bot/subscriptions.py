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
from reviews.identity import UNPROVEN_PERSON
from reviews.subscriptions.subscriptions import SubscribeRequest

if TYPE_CHECKING:
    from bot.requester import Requester
    from reviews.identity import ProvenPerson
    from reviews.subscriptions.subscriptions import SubscriptionCommands, SubscriptionReply


@dataclass(frozen=True, kw_only=True)
class ChannelSubscriptions:
    """Runner of subscription commands.

    The use case may call remote services, so acknowledge a request that waits before calling this.
    """

    subscription_commands: SubscriptionCommands

    def carry_out(self, subscription_request: SubscriptionRequest, requester: Requester) -> SentenceReply:
        """Return the outcome; raises `Refused` if the command was not sent in a channel.

        A reply that a thread can read shows only what a person without access to private titles may see.
        """
        others_read = requester.is_overheard and not isinstance(subscription_request, SubscribeChannelRequest)
        reply = self._run_request(
            subscription_request,
            requester.channel,
            UNPROVEN_PERSON if others_read else requester.find_reader(),
        )
        return SentenceReply(sentence=reply.sentence, lines=reply.lines)

    def list_for_person(self, notifier: str, reviewer: ProvenPerson, user_id: str) -> list[tuple[str, str]]:
        """Return the channels that a person subscribed, and what each sees; `user_id` is the chat's id."""
        return self.subscription_commands.list_of_person(notifier, reviewer, user_id)

    def _run_request(
        self, subscription_request: SubscriptionRequest, channel: tuple[str, str], reviewer: ProvenPerson
    ) -> SubscriptionReply:
        match subscription_request:
            case SubscribeChannelRequest():
                subscription = SubscribeRequest(
                    folder=subscription_request.folder,
                    kinds=subscription_request.kinds,
                    digest=subscription_request.daily,
                )
                return self.subscription_commands.subscribe(subscription, channel=channel, requester=reviewer)
            case UnsubscribeChannelRequest():
                return self.subscription_commands.unsubscribe(
                    subscription_request.folder, channel=channel, requester=reviewer
                )
            case ListSubscriptionsRequest():
                return self.subscription_commands.list_subscriptions(channel=channel, requester=reviewer)

"""What a channel subscribes to, as people ask for it in the words of the command, whatever the chat."""

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
from reviews.identity import Reviewer
from reviews.subscriptions.subscriptions import SubscribeRequest

if TYPE_CHECKING:
    from bot.requester import Requester
    from reviews.subscriptions.subscriptions import SubscriptionCommands, SubscriptionReply

UNNAMED_REVIEWER = Reviewer(name="")


@dataclass(frozen=True, kw_only=True)
class ChannelSubscriptions:
    """Carries it out. The use case may call far sides, so that whoever waits is to be answered before."""

    subscribing: SubscriptionCommands

    def carry_out(self, asked: SubscriptionRequest, asker: Requester) -> SentenceReply:
        """Return what became of it; raises `Refused` for whoever speaks from no channel.

        What a thread reads along is said as to somebody who may see nothing private.
        """
        reads_along = asker.is_overheard and not isinstance(asked, SubscribeChannelRequest)
        reply = self._run_request(asked, asker.channel, UNNAMED_REVIEWER if reads_along else asker.reviewer())
        return SentenceReply(sentence=reply.sentence, lines=reply.lines)

    def list_for_person(self, notifier: str, by: Reviewer, person: str) -> list[tuple[str, str]]:
        """Return the channels that somebody subscribed, and what each sees; `person` is the chat's id."""
        return self.subscribing.list_of_person(notifier, by, person)

    def _run_request(
        self, asked: SubscriptionRequest, channel: tuple[str, str], by: Reviewer
    ) -> SubscriptionReply:
        match asked:
            case SubscribeChannelRequest():
                wish = SubscribeRequest(folder=asked.folder, kinds=asked.kinds, digest=asked.daily)
                return self.subscribing.subscribe(wish, channel=channel, by=by)
            case UnsubscribeChannelRequest():
                return self.subscribing.unsubscribe(asked.folder, channel=channel, by=by)
            case ListSubscriptionsRequest():
                return self.subscribing.list_subscriptions(channel=channel, by=by)

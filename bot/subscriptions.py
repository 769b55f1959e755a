"""What a channel subscribes to, as people ask for it in the words of the command, whatever the chat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.command_replies import Said
from bot.command_requests import OfSubscriptions, Subscribe, Subscriptions, Unsubscribe
from reviews.identity import Reviewer
from reviews.subscriptions.subscriptions import SubscribeRequest

if TYPE_CHECKING:
    from bot.asker import Asker
    from reviews.subscriptions.subscriptions import Reply, Subscribing

NOBODY = Reviewer(name="")


@dataclass(frozen=True, kw_only=True)
class ChannelSubscriptions:
    """Carries it out. The use case may call far sides, so that whoever waits is to be answered before."""

    subscribing: Subscribing

    def carry_out(self, asked: OfSubscriptions, asker: Asker) -> Said:
        """Return what became of it; raises `Refused` for whoever speaks from no channel.

        What a thread reads along is said as to somebody who may see nothing private.
        """
        reads_along = asker.overheard and not isinstance(asked, Subscribe)
        reply = self._reply(asked, asker.channel, NOBODY if reads_along else asker.reviewer())
        return Said(sentence=reply.sentence, lines=reply.lines)

    def of_person(self, notifier: str, by: Reviewer, person: str) -> list[tuple[str, str]]:
        """Return the channels that somebody subscribed, and what each sees; `person` is the chat's id."""
        return self.subscribing.of_person(notifier, by, person)

    def _reply(self, asked: OfSubscriptions, channel: tuple[str, str], by: Reviewer) -> Reply:
        match asked:
            case Subscribe():
                wish = SubscribeRequest(folder=asked.folder, kinds=asked.kinds, digest=asked.daily)
                return self.subscribing.subscribe(wish, channel=channel, by=by)
            case Unsubscribe():
                return self.subscribing.unsubscribe(asked.folder, channel=channel, by=by)
            case Subscriptions():
                return self.subscribing.listed(channel=channel, by=by)

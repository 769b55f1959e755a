"""What is posted to channels: cards, reminders, digests."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cached_property

import notifiers
from reviews.absences.hand_overs import HandOvers
from reviews.campaigns.campaign_cards import CampaignCards
from reviews.cards.notifier import is_local
from reviews.delivery.call_slots import CallLimits, CallSlots
from reviews.delivery.delivery import ChannelDelivery
from reviews.digests.review_digests import ReviewDigests
from reviews.ladder.reminders import Reminders
from reviews.subscriptions.digests import Digests
from runtime.observe import event_log
from runtime.observe.log_redaction import LogRedaction
from runtime.wiring.channels import ChannelWiring

# Concurrent calls of a worker, divided among the channels that call a remote service: fewer than there may be
# jobs at once (runtime/worker/capacity.py), so that channels that hang leave some to the others.
MAX_FIRST_POSTS, MIN_FIRST_POSTS, MAX_POSTS_OF_TARGET = 10, 2, 3
MAX_REDRAWS, MIN_REDRAWS, MAX_REDRAWS_OF_TARGET = 8, 1, 2


@dataclass(frozen=True)
class DeliveryWiring(ChannelWiring):
    """The use cases that write to channels."""

    @cached_property
    def delivery(self) -> ChannelDelivery:
        remote = [each for each in self.notifiers.values() if not is_local(each)]
        channels = max(len(remote), 1)
        posts = max(MIN_FIRST_POSTS, MAX_FIRST_POSTS // channels)
        redraws = max(MIN_REDRAWS, MAX_REDRAWS // channels)
        return ChannelDelivery(
            transactions=self.transactions,
            notifiers=self.notifiers,
            clock=self.clock,
            random=random.random,
            call_slots=CallSlots(
                posts=_limit_calls(posts, per_target=MAX_POSTS_OF_TARGET),
                redraws=_limit_calls(redraws, per_target=MAX_REDRAWS_OF_TARGET),
            ),
            get_route_language=self.routes.find_language,
            routes=self.routes,
            report=event_log.write,
            get_page_url=self._find_page,
            get_answer_url=self._find_answer_page,
            get_campaign_url=self._find_campaign_page,
            sealer=self.sealer,
            redact_text=LogRedaction(self.settings.secrets, people=True).redact_text,
        )

    @cached_property
    def campaign_cards(self) -> CampaignCards:
        return CampaignCards(
            transactions=self.transactions,
            routes=self.routes,
            clock=self.clock,
            silent=notifiers.list_silent_channels(),
            get_page_url=self._find_campaign_page,
        )

    @cached_property
    def reminders(self) -> Reminders:
        return Reminders(
            transactions=self.transactions,
            routes=self.routes,
            clock=self.clock,
            direct_message_channels=self.direct_message_channels,
        )

    @cached_property
    def hand_overs(self) -> HandOvers:
        return HandOvers(transactions=self.transactions, routes=self.routes, clock=self.clock)

    @cached_property
    def digests(self) -> Digests:
        return Digests(transactions=self.transactions, routes=self.routes)

    @cached_property
    def review_digests(self) -> ReviewDigests:
        has_pages = self.settings.has_reachable_pages
        return ReviewDigests(
            transactions=self.transactions,
            routes=self.routes,
            silent=notifiers.list_silent_channels(),
            page_url=f"{self.settings.outside_address}/reviews" if has_pages else "",
        )


def _limit_calls(per_channel: int, *, per_target: int) -> CallLimits:
    """Return limits by which a target that hangs leaves a call to the others, if a channel has several."""
    return CallLimits(per_channel=per_channel, per_target=max(min(per_target, per_channel - 1), 1))

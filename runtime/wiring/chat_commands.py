"""The commands in chat: the sign-in links and subscriptions that they give out."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import quote

import notifiers
from bot.absences import ChatAbsences
from bot.campaigns import ChatCampaigns
from bot.command import Commands
from bot.digests import ChatDigests
from bot.subscriptions import ChannelSubscriptions
from pages.sign_in_links import SignInAddresses
from reviews.absences.declarations import AbsenceDeclarations
from reviews.campaigns.campaign_lookup import CampaignLookup
from reviews.campaigns.starting import Campaigns
from reviews.changes.folder_places import MAX_REFUSED_ATTEMPTS
from reviews.digests.digest_commands import DigestCommands
from reviews.intake.review_opening import generate_review_id
from reviews.lists.receipts import ReviewReceipts
from reviews.people.sign_in_links import SignInLinks
from reviews.subscriptions.folder_search import FolderSearch
from reviews.subscriptions.subscriptions import SubscriptionCommands
from runtime.wiring.channel_lookups import build_channel_lookups
from runtime.wiring.comparisons import ComparisonWiring

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviews.identity import ProvenPerson
    from reviews.subscriptions.conversations import ConversationLookup
    from reviews.tree import Place


@dataclass(frozen=True)
class CommandWiring(ComparisonWiring):
    """The use cases behind the commands in chat."""

    @cached_property
    def commands(self) -> Commands:
        return Commands(
            transactions=self.request_transactions,
            routes=self.routes,
            clock=self.clock,
            subscriptions=self._build_subscriptions(),
            absences=ChatAbsences(declarations=self.absence_declarations),
            digests=ChatDigests(digest_commands=self.digest_commands),
            campaigns=self._build_chat_campaigns(),
            make_sign_in_address=self._sign_in_link if self.settings.has_reachable_pages else None,
            find_page=self._find_page,
            change_pages=self.change_pages,
            receipts=self.review_receipts,
            make_review_address=self._make_review_address if self.settings.has_reachable_pages else None,
        )

    def _build_chat_campaigns(self) -> ChatCampaigns:
        return ChatCampaigns(
            campaigns=self.campaigns,
            lookup=CampaignLookup(transactions=self.request_transactions, routes=self.routes),
            folders=self._folder_search,
            find_campaign_page=self._find_campaign_page,
        )

    @cached_property
    def campaigns(self) -> Campaigns:
        """What starts and ends campaigns; workers look for those that are due."""
        return Campaigns(
            transactions=self.request_transactions,
            routes=self.routes,
            clock=self.clock,
            new_id=generate_review_id,
        )

    @cached_property
    def _folder_search(self) -> FolderSearch:
        return FolderSearch(
            transactions=self.request_transactions, routes=self.routes, find_place=self._find_folder
        )

    @cached_property
    def absence_declarations(self) -> AbsenceDeclarations:
        return AbsenceDeclarations(
            transactions=self.request_transactions,
            routes=self.routes,
            clock=self.clock,
            accounts=self.docspace_accounts,
        )

    @cached_property
    def review_receipts(self) -> ReviewReceipts:
        """The receipts of reviews for people, who wait for them in chat or on a page."""
        return ReviewReceipts(
            transactions=self.request_transactions,
            routes=self.routes,
            clock=self.clock,
            prepare=self.request_receipt_source.prepare_receipt,
        )

    def _make_review_address(self, review_id: str) -> str:
        """Return the address of a review on the history page, which asks people to sign in."""
        return f"{self.settings.outside_address}/reviews/{quote(review_id, safe='')}"

    def _sign_in_link(self, person: ProvenPerson) -> str:
        """Return the sign-in address of the pages for a person whom a chat has proven."""
        return self.sign_in_addresses.make_address(self.sign_in_links.create(person))

    @cached_property
    def sign_in_links(self) -> SignInLinks:
        return SignInLinks(
            transactions=self.request_transactions, clock=self.clock, new_id=lambda: secrets.token_urlsafe(16)
        )

    @cached_property
    def sign_in_addresses(self) -> SignInAddresses:
        return SignInAddresses(self.settings.get_option("SECRET_KEY"), self.settings.outside_address)

    def _build_subscriptions(self) -> ChannelSubscriptions:
        return ChannelSubscriptions(subscription_commands=self.build_subscribing(build_channel_lookups(self)))

    @cached_property
    def digest_commands(self) -> DigestCommands:
        return DigestCommands(
            transactions=self.request_transactions,
            routes=self.routes,
            clock=self.clock,
            direct_message_channels=self.direct_message_channels,
            silent=notifiers.list_silent_channels(),
        )

    def build_subscribing(self, asks: Mapping[str, ConversationLookup]) -> SubscriptionCommands:
        """Return the use case; `asks` has the channel lookup of each chat."""
        return SubscriptionCommands(
            transactions=self.request_transactions,
            routes=self.routes,
            folders=self._folder_search,
            conversations=asks,
            clock=self.clock,
        )

    def _find_folder(self, folder_id: str) -> Place | None:
        portal = self.build_portal(self._docspace_for_people)
        places = self._build_places(self.request_transactions, portal)
        return places.find(folder_id, attempts=MAX_REFUSED_ATTEMPTS)

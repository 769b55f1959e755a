"""The chat channels that the routes use, and the directories of people there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import quote

import notifiers
from notifiers import ChannelContext
from pages.links import Links
from reviews.changes.folder_places import FolderPlaces
from reviews.people.identification import Directory, Identification
from runtime.documents.sealing import ContentSealer
from runtime.settings import routes_source
from runtime.settings.setting_kinds import MAKES_KEY
from runtime.settings.settings import UnusableSettings
from runtime.wiring.databases import get_utc_time
from runtime.wiring.docspace import DocSpaceWiring

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviews.cards.card import Card
    from reviews.cards.notifier import Notifier
    from reviews.model import Answerable, ReviewReference
    from reviews.ports.documents import Sealer
    from reviews.ports.unit_of_work import Transactions
    from reviews.routes.route import Routes
    from webhook.enrichment import Enrichment


@dataclass(frozen=True)
class ChannelWiring(DocSpaceWiring):
    """Routes, their channels, the directories of people, and the links on cards."""

    @cached_property
    def routes(self) -> Routes:
        return routes_source.load_routes(self.settings, today=get_utc_time().date())

    @cached_property
    def links(self) -> Links:
        key = self.settings.require("SECRET_KEY", f"it signs the links to the acknowledge page: {MAKES_KEY}")
        return Links(key, self.settings.outside_address)

    @cached_property
    def sealer(self) -> Sealer | None:
        """Seals what is stored of documents, and opens what of that stands on cards."""
        key = self.settings.get_option("SECRET_KEY")
        return ContentSealer(key) if key else None

    @cached_property
    def channels(self) -> frozenset[str]:
        """The channels that the routes use."""
        return frozenset(target.notifier for _, target in self.routes.all_targets)

    @property
    def uses_slack_socket(self) -> bool:
        """Whether a route uses Slack, and its requests come through Socket Mode: the workers connect."""
        return self.settings.uses_slack_socket and "slack" in self.channels

    @cached_property
    def direct_message_channels(self) -> frozenset[str]:
        """Those of the channels that can send a direct message to one person."""
        return frozenset(filter(notifiers.can_reach_people, self.channels))

    def _acknowledge_link(self, card: Answerable) -> str:
        """Return the page's link for a card or notice; the key is needed only when a channel draws one."""
        return self.links.make_address(card)

    def _find_page(self, card: Card) -> str:
        """Return the address of what a card has no room for; empty without pages that people reach."""
        return self.links.make_part_address(card) if self.settings.has_reachable_pages else ""

    def _find_answer_page(self, review: ReviewReference) -> str:
        """Return the address on which a review is answered; empty without pages that people reach."""
        return self.links.make_address(review) if self.settings.has_reachable_pages else ""

    def _find_campaign_page(self, campaign_id: str) -> str:
        """Return the address of a campaign's page; the same."""
        if not self.settings.has_reachable_pages:
            return ""
        return f"{self.settings.outside_address}/campaigns/{quote(campaign_id, safe='')}"

    def _write_comment(self, file_id: str, version: int, text: str) -> None:
        """Write a comment; the portal is needed only when a channel writes to it."""
        self.portal.write_comment(file_id, version, text)

    def _find_conversation(self, notifier: str, address: str) -> Mapping[str, str] | None:
        with self.transactions(reading=True) as work:
            return work.conversations.get(notifier, address)

    @cached_property
    def directory(self) -> Directory:
        """The directory of people in chats, for work for which no one waits."""
        return Directory(transactions=self.transactions, clock=self.clock, people=self.routes.people)

    @cached_property
    def request_directory(self) -> Directory:
        """The same directory for endpoints, where a person waits."""
        return replace(self.directory, transactions=self.request_transactions)

    @cached_property
    def identification(self) -> Identification:
        """The identification of people on the pages."""
        return Identification(directory=self.request_directory)

    def _build_places(self, transactions: Transactions, portal: Enrichment) -> FolderPlaces:
        return FolderPlaces(transactions=transactions, portal=portal, routes=self.routes, clock=self.clock)

    @cached_property
    def surroundings(self) -> ChannelContext:
        return ChannelContext(
            setting=lambda name: self.settings.require(name, "a route's channel needs it"),
            option=self.settings.get_option,
            acknowledge_link=self._acknowledge_link,
            comment=self._write_comment,
            conversation=self._find_conversation,
            directory=self.directory,
        )

    @cached_property
    def notifiers(self) -> dict[str, Notifier]:
        return {name: self._build_notifier(name) for name in sorted(self.channels)}

    def _build_notifier(self, name: str) -> Notifier:
        targets = [target for _, target in self.routes.all_targets if target.notifier == name]
        addresses = frozenset(target.address for target in targets)
        try:
            return notifiers.build(name, replace(self.surroundings, addresses=addresses))
        except notifiers.UnusableSetting as error:
            raise UnusableSettings(str(error)) from error

"""The use cases of a process, on its database, DocSpace and channels."""

from __future__ import annotations

import random
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING

import notifiers
from bot.command import Commands
from bot.slack.home import Home
from bot.slack.people import LOOKUP_TIMEOUT_SECONDS as PATIENCE_FOR_SLACK
from bot.slack.people import SlackPeople
from bot.subscriptions import ChannelSubscriptions
from bot.use_cases import UseCases
from docspace.client import Client
from docspace.http import READ_SECONDS, Http
from pages.sign_in_links import SignInAddresses
from reviews.answers.answers import Answers
from reviews.answers.menu import Menu
from reviews.answers.reassignment import Reassignment
from reviews.answers.reminders import Reminders
from reviews.bulk_reviews.taking_out import TakeOut
from reviews.cards.card_context import find_context
from reviews.cards.card_drawing import add_page, draw_card
from reviews.changes.folder_places import MAX_REFUSED_ATTEMPTS, FolderPlaces
from reviews.delivery.delivery import ChannelDelivery
from reviews.delivery.lanes import LaneLimits, Lanes
from reviews.intake.intake import Intake, build_intake
from reviews.intake.review_opening import generate_review_id
from reviews.operations.canaries import Canaries
from reviews.people.sign_in_links import SignInLinks
from reviews.subscriptions.digests import Digests
from reviews.subscriptions.folder_search import FolderSearch
from reviews.subscriptions.subscriptions import SubscriptionCommands
from reviews.sweep.baseline import Baseline
from runtime.observe import event_log
from runtime.remote_calls.call_allowance import BACKGROUND_RATE, MAX_TURN_WAIT_SECONDS, TurnWait
from runtime.wiring import channel_lookups
from runtime.wiring.channels import ChannelWiring
from webhook.enrichment import Enrichment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reviews.cards.card import Card
    from reviews.model import Review
    from reviews.proven_person import ProvenPerson
    from reviews.subscriptions.conversations import ConversationLookup
    from reviews.tree import Place


# Concurrent calls of a worker to channels, divided among the channels in use: fewer than there may be jobs at
# once (runtime/capacity.py), so that channels that hang leave some to the others.
MAX_FIRST_POSTS, MIN_FIRST_POSTS, MAX_POSTS_OF_TARGET = 10, 2, 3
MAX_REDRAWS, MIN_REDRAWS, MAX_REDRAWS_OF_TARGET = 8, 1, 2
HOME_THREADS = 2


@dataclass(frozen=True)
class Wiring(ChannelWiring):
    """The objects of one process, each built on first use."""

    def build_worker_intake(self, wait: Callable[[float], bool]) -> Intake:
        """Return the worker's intake; its calls wait for their turn by `wait`, as in `TurnWait`."""
        in_line = TurnWait(seconds=MAX_TURN_WAIT_SECONDS, wait=wait)
        connect = partial(self._docspace_calls.connect, patience=READ_SECONDS, in_line=in_line)
        return replace(
            self._build_intake(connect()), for_floods=self._build_intake(connect(paces=[BACKGROUND_RATE]))
        )

    def _build_intake(self, http: Http) -> Intake:
        intake = build_intake(
            self.transactions,
            Enrichment(Client(http)),
            self.routes,
            canaries=self.canaries,
            clock=self.clock,
            new_id=generate_review_id,
            random=random.random,
        )
        if not self.settings.sweep_minutes:
            intake = replace(intake, first_look=replace(intake.first_look, patience=timedelta()))
        return replace(intake, report=event_log.write)

    @cached_property
    def canaries(self) -> Canaries:
        return Canaries(
            transactions=self.transactions,
            routes=self.routes,
            clock=self.clock,
            silent=notifiers.list_silent_channels(),
        )

    @cached_property
    def baseline(self) -> Baseline:
        places = FolderPlaces(
            transactions=self.transactions, portal=self.portal, routes=self.routes, clock=self.clock
        )
        return Baseline(transactions=self.transactions, portal=self.portal, places=places, clock=self.clock)

    @cached_property
    def delivery(self) -> ChannelDelivery:
        channels = max(len(self.notifiers), 1)
        posts = max(MIN_FIRST_POSTS, MAX_FIRST_POSTS // channels)
        redraws = max(MIN_REDRAWS, MAX_REDRAWS // channels)
        return ChannelDelivery(
            transactions=self.transactions,
            notifiers=self.notifiers,
            clock=self.clock,
            random=random.random,
            lanes=Lanes(
                posts=LaneLimits(of_channel=posts, of_target=MAX_POSTS_OF_TARGET),
                redraws=LaneLimits(of_channel=redraws, of_target=MAX_REDRAWS_OF_TARGET),
            ),
            language_of=self.routes.find_language,
            routes=self.routes,
            report=event_log.write,
            page_of=self._page_of,
        )

    @cached_property
    def reminders(self) -> Reminders:
        return Reminders(transactions=self.transactions, routes=self.routes, clock=self.clock)

    @cached_property
    def digests(self) -> Digests:
        return Digests(transactions=self.transactions, routes=self.routes)

    def build_hand_over(self, changed: Callable[[], None] = lambda: None) -> Reassignment:
        return Reassignment(
            transactions=self.request_transactions,
            routes=self.routes,
            clock=self.clock,
            accounts=self.docspace_accounts,
            changed=changed,
        )

    def build_take_out(self, changed: Callable[[], None] = lambda: None) -> TakeOut:
        return TakeOut(
            transactions=self.request_transactions,
            routes=self.routes,
            clock=self.clock,
            new_id=generate_review_id,
            changed=changed,
        )

    def build_answers(self, answered: Callable[[], None] = lambda: None) -> Answers:
        """Return the use case; `answered` is called for each answer, so that cards are redrawn at once."""
        return Answers(
            transactions=self.request_transactions,
            routes=self.routes,
            clock=self.clock,
            accounts=self.docspace_accounts,
            answered=answered,
            told=self._draw_home,
            reaching=frozenset(filter(notifiers.reaches_people, self.channels)),
            drawn=self._build_card,
            report=event_log.write,
        )

    def _build_card(self, review: Review, place: tuple[str, str]) -> Card:
        """Draw a card; look up the place only for a private route: the page alone needs no channel."""
        route = self.routes.find_route(review.route)
        with self.request_transactions(reading=True) as work:
            drawn = draw_card(review, find_context(work, review, route, now=self.clock()))
        card = add_page(drawn, self._page_of)
        return self.delivery.redactor.redact_card(card, review, place) if route and route.private else card

    @cached_property
    def slack_home(self) -> Home:
        """The Homes in Slack, drawn by a thread pool of their own."""
        token = self.settings.require("SLACK_BOT_TOKEN", "cards can't be posted to Slack")
        client = notifiers.slack.make_client(token, self.settings.slack_api_url, patience=PATIENCE_FOR_SLACK)
        return Home(
            client=client,
            people=SlackPeople(client, self.request_directory),
            routes=self.routes,
            transactions=self.request_transactions,
            clock=self.clock,
            later=ThreadPoolExecutor(HOME_THREADS, thread_name_prefix="slack-home").submit,
            subscriptions=self.commands.subscriptions,
            team_id=self.settings.slack_team_id,
            page_of=self._page_of,
        )

    def _draw_home(self, review: Review) -> None:
        """Redraw the Slack Home of the reviewer, also after an answer on a page."""
        targets = (target for route in self.routes.all for target in route.notify)
        if self.settings.get_option("SLACK_BOT_TOKEN") and any(
            target.notifier == "slack" for target in targets
        ):
            self.slack_home.redraw_after_answer(review)

    @cached_property
    def menu(self) -> Menu:
        return Menu(transactions=self.request_transactions, routes=self.routes, clock=self.clock)

    @cached_property
    def patient_canaries(self) -> Canaries:
        """The canaries for endpoints, where a person waits."""
        return replace(self.canaries, transactions=self.request_transactions)

    def use_cases(self, changed: Callable[[], None]) -> UseCases:
        """Return the use cases of the chat apps; `changed` is called as in `build_answers`."""
        return UseCases(
            answers=self.build_answers(changed),
            menu=self.menu,
            hand_over=self.build_hand_over(changed),
            canaries=self.patient_canaries,
            commands=self.commands,
            directory=self.request_directory,
        )

    @cached_property
    def commands(self) -> Commands:
        return Commands(
            transactions=self.request_transactions,
            routes=self.routes,
            clock=self.clock,
            subscriptions=self._subscriptions(),
            way_in=self._sign_in_link if self.settings.get_option("SECRET_KEY") else None,
            page_of=self._page_of,
        )

    def _sign_in_link(self, person: ProvenPerson) -> str:
        """Return the sign-in address of the pages for a person whom a chat has proven."""
        return self.sign_in_addresses.make_address(self.sign_in_links.create(person).id)

    @cached_property
    def sign_in_links(self) -> SignInLinks:
        return SignInLinks(
            transactions=self.request_transactions, clock=self.clock, new_id=lambda: secrets.token_urlsafe(16)
        )

    @cached_property
    def sign_in_addresses(self) -> SignInAddresses:
        return SignInAddresses(self.settings.get_option("SECRET_KEY"), self.settings.outside_address)

    def _subscriptions(self) -> ChannelSubscriptions:
        asks = channel_lookups.build_channel_lookups(
            self.settings, self.channels, lambda name: self.notifiers[name]
        )
        return ChannelSubscriptions(subscribing=self.build_subscribing(asks))

    def build_subscribing(self, asks: Mapping[str, ConversationLookup]) -> SubscriptionCommands:
        """Return the use case; `asks` has the channel lookup of each chat."""
        return SubscriptionCommands(
            transactions=self.request_transactions,
            routes=self.routes,
            folders=FolderSearch(
                transactions=self.request_transactions, routes=self.routes, look=self._find_folder
            ),
            conversations=asks,
            clock=self.clock,
        )

    def _find_folder(self, folder_id: str) -> Place | None:
        portal = Enrichment(Client(self._docspace_for_people))
        places = FolderPlaces(
            transactions=self.request_transactions, portal=portal, routes=self.routes, clock=self.clock
        )
        return places.find(folder_id, attempts=MAX_REFUSED_ATTEMPTS)

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
from bot.slack.people import PATIENCE as PATIENCE_FOR_SLACK
from bot.slack.people import People
from bot.subscriptions import ChannelSubscriptions
from bot.use_cases import UseCases
from docspace.client import Client
from docspace.http import READ_SECONDS, Http
from pages.sign_in_links import SignInAddresses
from reviews.answers.answers import Answers
from reviews.answers.menu import Menu
from reviews.answers.reassignment import HandOver
from reviews.answers.reminders import Reminders
from reviews.bulk_reviews.taking_out import TakeOut
from reviews.cards.card_context import context_of
from reviews.cards.card_drawing import add_page, card_of
from reviews.changes.places import PATIENCE, Places
from reviews.delivery.delivery import Delivery
from reviews.delivery.lanes import Lanes, Limits
from reviews.intake.intake import Intake
from reviews.intake.intake import build as build_intake
from reviews.operations.canaries import Canaries
from reviews.people.sign_in_links import SignInLinks
from reviews.subscriptions.digests import Digests
from reviews.subscriptions.folder_search import NamedFolders
from reviews.subscriptions.subscriptions import Subscribing
from reviews.sweep.baseline import Baseline
from runtime.far_sides.call_allowance import UNHURRIED
from runtime.far_sides.docspace_calls import TURN_SECONDS, InLine
from runtime.observe import event_log
from runtime.wiring import channel_questions
from runtime.wiring.channels import Channels
from webhook.enrich import Enrichment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reviews.cards.card import Card
    from reviews.model import Review
    from reviews.proven_person import ProvenPerson
    from reviews.subscriptions.conversations import Asks
    from reviews.tree import Place


# Calls to channels that a worker has under way, shared out among the channels in use: fewer than there may be
# jobs at once (runtime/capacity.py), so that channels that hang leave some to the others.
FIRST_POSTS, FEWEST_FIRST_POSTS, OF_TARGET = 10, 2, 3
REDRAWS, FEWEST_REDRAWS, REDRAWS_OF_TARGET = 8, 1, 2
HOMES_AT_ONCE = 2


def new_review_id() -> str:
    """Return an opaque id: nothing about other reviews can be guessed from one."""
    return secrets.token_urlsafe(9)


@dataclass(frozen=True)
class Wiring(Channels):
    """The objects of one process, each built when it is first asked for."""

    def intake(self, wait: Callable[[float], bool]) -> Intake:
        """Return the worker's; its calls wait for their turn by `wait`, as `InLine` takes it."""
        in_line = InLine(seconds=TURN_SECONDS, wait=wait)
        connect = partial(self._docspace_calls.connect, patience=READ_SECONDS, in_line=in_line)
        return replace(
            self._build_intake(connect()), for_floods=self._build_intake(connect(paces=[UNHURRIED]))
        )

    def _build_intake(self, http: Http) -> Intake:
        built = build_intake(
            self.transactions,
            Enrichment(Client(http)),
            self.routes,
            canaries=self.canaries,
            clock=self.clock,
            new_id=new_review_id,
            random=random.random,
        )
        if not self.settings.sweep_minutes:
            built = replace(built, first_look=replace(built.first_look, patience=timedelta()))
        return replace(built, report=event_log.write)

    @cached_property
    def canaries(self) -> Canaries:
        return Canaries(
            transactions=self.transactions,
            routes=self.routes,
            clock=self.clock,
            silent=notifiers.silent(),
        )

    @cached_property
    def baseline(self) -> Baseline:
        places = Places(
            transactions=self.transactions, portal=self.portal, routes=self.routes, clock=self.clock
        )
        return Baseline(transactions=self.transactions, portal=self.portal, places=places, clock=self.clock)

    @cached_property
    def delivery(self) -> Delivery:
        channels = max(len(self.notifiers), 1)
        posts = max(FEWEST_FIRST_POSTS, FIRST_POSTS // channels)
        redraws = max(FEWEST_REDRAWS, REDRAWS // channels)
        return Delivery(
            transactions=self.transactions,
            notifiers=self.notifiers,
            clock=self.clock,
            random=random.random,
            lanes=Lanes(
                posts=Limits(of_channel=posts, of_target=OF_TARGET),
                redraws=Limits(of_channel=redraws, of_target=REDRAWS_OF_TARGET),
            ),
            language_of=self.routes.language_of,
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

    def hand_over(self, changed: Callable[[], None] = lambda: None) -> HandOver:
        return HandOver(
            transactions=self.patient,
            routes=self.routes,
            clock=self.clock,
            accounts=self.docspace_accounts,
            changed=changed,
        )

    def taking_out(self, changed: Callable[[], None] = lambda: None) -> TakeOut:
        return TakeOut(
            transactions=self.patient,
            routes=self.routes,
            clock=self.clock,
            new_id=new_review_id,
            changed=changed,
        )

    def answers(self, answered: Callable[[], None] = lambda: None) -> Answers:
        """Return the use case; `answered` is told of each answer, so that cards are redrawn at once."""
        return Answers(
            transactions=self.patient,
            routes=self.routes,
            clock=self.clock,
            accounts=self.docspace_accounts,
            answered=answered,
            told=self._draw_home,
            reaching=frozenset(filter(notifiers.reaches_people, self.channels)),
            drawn=self._drawn,
            report=event_log.write,
        )

    def _drawn(self, review: Review, place: tuple[str, str]) -> Card:
        """Ask about the place only where something is private: the page alone needs no channel."""
        route = self.routes.named(review.route)
        with self.patient(reading=True) as work:
            drawn = card_of(review, context_of(work, review, route, now=self.clock()))
        card = add_page(drawn, self._page_of)
        return self.delivery.veils.card(card, review, place) if route and route.private else card

    @cached_property
    def slack_home(self) -> Home:
        """The Homes in Slack, drawn by a pool of threads of their own."""
        token = self.settings.need("SLACK_BOT_TOKEN", "cards can't be posted to Slack")
        client = notifiers.slack.client(token, self.settings.slack_api_url, patience=PATIENCE_FOR_SLACK)
        return Home(
            client=client,
            people=People(client, self.patient_directory),
            routes=self.routes,
            transactions=self.patient,
            clock=self.clock,
            later=ThreadPoolExecutor(HOMES_AT_ONCE, thread_name_prefix="slack-home").submit,
            subscriptions=self.commands.subscriptions,
            team_id=self.settings.slack_team_id,
            page_of=self._page_of,
        )

    def _draw_home(self, review: Review) -> None:
        """Draw the Home in Slack of whoever has answered anew, also after an answer on a page."""
        targets = (target for route in self.routes.all for target in route.notify)
        if self.settings.option("SLACK_BOT_TOKEN") and any(target.notifier == "slack" for target in targets):
            self.slack_home.answered(review)

    @cached_property
    def menu(self) -> Menu:
        return Menu(transactions=self.patient, routes=self.routes, clock=self.clock)

    @cached_property
    def patient_canaries(self) -> Canaries:
        """The canaries for the doors, where somebody waits."""
        return replace(self.canaries, transactions=self.patient)

    def use_cases(self, changed: Callable[[], None]) -> UseCases:
        """Return what the apps in chat do; `changed` is told of each answer, as in `answers`."""
        return UseCases(
            answers=self.answers(changed),
            menu=self.menu,
            hand_over=self.hand_over(changed),
            canaries=self.patient_canaries,
            commands=self.commands,
            directory=self.patient_directory,
        )

    @cached_property
    def commands(self) -> Commands:
        return Commands(
            transactions=self.patient,
            routes=self.routes,
            clock=self.clock,
            subscriptions=self._subscriptions(),
            way_in=self._sign_in_link if self.settings.option("SECRET_KEY") else None,
            page_of=self._page_of,
        )

    def _sign_in_link(self, person: ProvenPerson) -> str:
        """Return the address at which somebody whom a chat has proven signs in to the pages."""
        return self.sign_in_addresses.of(self.sign_in_links.make(person).id)

    @cached_property
    def sign_in_links(self) -> SignInLinks:
        return SignInLinks(
            transactions=self.patient, clock=self.clock, new_id=lambda: secrets.token_urlsafe(16)
        )

    @cached_property
    def sign_in_addresses(self) -> SignInAddresses:
        return SignInAddresses(self.settings.option("SECRET_KEY"), self.settings.outside_address)

    def _subscriptions(self) -> ChannelSubscriptions:
        asks = channel_questions.asks(self.settings, self.channels, lambda name: self.notifiers[name])
        return ChannelSubscriptions(subscribing=self.subscribing(asks))

    def subscribing(self, asks: Mapping[str, Asks]) -> Subscribing:
        """Return the use case; `asks` says how to ask each chat about its channels."""
        return Subscribing(
            transactions=self.patient,
            routes=self.routes,
            folders=NamedFolders(transactions=self.patient, routes=self.routes, look=self._look),
            conversations=asks,
            clock=self.clock,
        )

    def _look(self, folder_id: str) -> Place | None:
        portal = Enrichment(Client(self._docspace_for_people))
        places = Places(transactions=self.patient, portal=portal, routes=self.routes, clock=self.clock)
        return places.find(folder_id, attempts=PATIENCE)

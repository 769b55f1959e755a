"""Every object is built once, here. Nothing connects before it is used."""

from __future__ import annotations

import random
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

import notifiers
from bot.command import Commands
from bot.subscriptions import ChannelSubscriptions
from docspace.client import Client
from docspace.http import READ_SECONDS, Http, Share
from notifiers import Surroundings
from pages.links import Links
from reviews.answers.answers import Answers
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
from reviews.people.directory import Directory
from reviews.people.docspace_accounts import DocSpaceAccounts
from reviews.people.identification import Identification
from reviews.subscriptions.digests import Digests
from reviews.subscriptions.folder_search import NamedFolders
from reviews.subscriptions.subscriptions import Subscribing
from reviews.sweep.baseline import Baseline
from runtime import canary, conversations, disk, history, homes, lines, routes_given
from runtime.allowance import SWEEPS, UNHURRIED
from runtime.docspace_calls import TURN_SECONDS, AccountSearch, Calls, InLine
from runtime.lock_timeouts import log_lock_timeouts
from runtime.schema_watch import SchemaWatch
from runtime.setting_kinds import MAKES_KEY
from runtime.settings import Settings, UnusableSettings
from store.clock import DatabaseClock
from store.engine import UnusableAddress, create_engine, create_statement_engine
from store.limits import CLICK_ON_SQLITE, Work, for_work
from store.unit_of_work import UnitOfWork
from webhook.accounts import PATIENCE as PATIENCE_FOR_ACCOUNTS
from webhook.enrich import Enrichment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import sqlalchemy as sa

    from reviews.cards.card import Card
    from reviews.cards.channel import Notifier
    from reviews.clock import Clock
    from reviews.model import NamesReview, Review
    from reviews.operations.canaries import Canaries
    from reviews.ports.unit_of_work import Transactions
    from reviews.routes.routing import Routes
    from reviews.subscriptions.conversations import Asks
    from reviews.tree import Place

# Calls to channels that a worker has under way, shared out among the channels in use: fewer than there may be
# jobs at once (runtime/capacity.py), so that channels that hang leave some to the others.
FIRST_POSTS, FEWEST_FIRST_POSTS, OF_TARGET = 10, 2, 3
REDRAWS, FEWEST_REDRAWS, REDRAWS_OF_TARGET = 8, 1, 2


def utc_now() -> datetime:
    return datetime.now(UTC)


def new_review_id() -> str:
    """Return an opaque id: nothing about other reviews can be guessed from one."""
    return secrets.token_urlsafe(9)


@dataclass(frozen=True)
class Wiring:
    """The objects of one process, each built when it is first asked for."""

    settings: Settings
    work: Work = Work.SERVE
    """What the process does with the database, as far as a part of it does not say otherwise."""

    @cached_property
    def engine(self) -> sa.Engine:
        try:
            engine = create_engine(self.settings.database_url.get_secret_value(), work=self.work)
        except UnusableAddress as error:
            raise UnusableSettings(str(error)) from error
        if engine.url.get_backend_name() == "sqlite":
            file = Path(engine.url.database or "")
            reason = disk.why_not(file, setting=self.settings.option)
            if reason:
                raise UnusableSettings(f"DATABASE_URL: {reason}")
        log_lock_timeouts(engine)
        return engine

    @cached_property
    def clock(self) -> Clock:
        """The database's clock: what one host wrote down, another one compares with it."""
        return DatabaseClock(self.engine)

    @cached_property
    def heart_engine(self) -> sa.Engine:
        """The worker's beats have connections of their own, and no statement of theirs lasts for long."""
        address = self.engine.url.render_as_string(hide_password=False)
        return create_engine(address, work=Work.BEAT)

    @cached_property
    def schema(self) -> SchemaWatch:
        """Whether the database still has this release's schema; nothing takes work while it has not."""
        return SchemaWatch(lambda: self.engine)

    @cached_property
    def transactions(self) -> Transactions:
        return partial(UnitOfWork, self.engine)

    @cached_property
    def patient_engine(self) -> sa.Engine:
        """The engine for requests that somebody waits for: a click, a page, a command in chat."""
        if self.work is Work.REQUEST and self.engine.dialect.name != "sqlite":
            return self.engine
        if self.engine.dialect.name != "sqlite":
            return for_work(self.engine, Work.REQUEST)
        address = self.engine.url.render_as_string(hide_password=False)
        patient = create_engine(address, patience=CLICK_ON_SQLITE)
        log_lock_timeouts(patient)
        return patient

    @cached_property
    def patient(self) -> Transactions:
        return partial(UnitOfWork, self.patient_engine)

    @cached_property
    def commands(self) -> Commands:
        return Commands(
            transactions=self.patient,
            routes=self.routes,
            clock=self.clock,
            subscriptions=self._subscriptions(),
            way_in=history.way_in(self, self.clock),
            page_of=self._page_of,
        )

    def _subscriptions(self) -> ChannelSubscriptions:
        return ChannelSubscriptions(subscribing=self.subscribing(conversations.asks(self)))

    @cached_property
    def receiving_engine(self) -> sa.Engine:
        if self.engine.dialect.name == "sqlite":
            address = self.engine.url.render_as_string(hide_password=False)
            engine = create_engine(address, work=Work.RECEIVE)
        else:
            engine = create_statement_engine(self.engine)
        log_lock_timeouts(engine)
        return engine

    @cached_property
    def one_statement(self) -> Transactions:
        """Units of work of a single statement, for the receiver's one writer."""
        return partial(UnitOfWork, self.receiving_engine)

    @cached_property
    def routes(self) -> Routes:
        return routes_given.routes(self.settings)

    @cached_property
    def portal(self) -> Enrichment:
        return Enrichment(Client(self.docspace))

    @cached_property
    def docspace(self) -> Http:
        return self._docspace_calls.connect(patience=READ_SECONDS)

    @cached_property
    def _docspace_for_people(self) -> Http:
        """The connection of commands in chat, whose answer somebody waits for."""
        return self._docspace_calls.connect_for_person(patience=READ_SECONDS)

    def docspace_for_sweeps(self) -> Http:
        """Return the connection of the worker's sweeps, which leave calls to the events."""
        return self._docspace_calls.connect(patience=READ_SECONDS, paces=[SWEEPS, UNHURRIED])

    @cached_property
    def _docspace_calls(self) -> Calls:
        return Calls(
            settings=self.settings, transactions=self.transactions, clock=self.clock, share=self.share
        )

    @cached_property
    def share(self) -> Share:
        """How many calls to DocSpace this process may have under way; the worker keeps it up to date."""
        return Share()

    @cached_property
    def links(self) -> Links:
        key = self.settings.need("SECRET_KEY", f"it signs the links to the acknowledge page: {MAKES_KEY}")
        return Links(key, self.settings.outside_address)

    @cached_property
    def channels(self) -> frozenset[str]:
        """The channels that the routes use."""
        return frozenset(target.notifier for _, target in self.routes.everywhere)

    def _acknowledge_link(self, card: NamesReview) -> str:
        """Ask for the links only when a channel draws one: without the page there need be no key."""
        return self.links.to(card)

    def _page_of(self, card: NamesReview) -> str:
        """Return where all files of a bulk review are listed; nowhere in an installation without the page."""
        return self.links.to_files(card) if self.settings.option("SECRET_KEY") else ""

    def _comment(self, file_id: str, version: int, text: str) -> None:
        """Ask for the portal only when a channel writes to it."""
        self.portal.comment(file_id, version, text)

    def _conversation(self, notifier: str, address: str) -> Mapping[str, str] | None:
        with self.transactions(reading=True) as work:
            return work.conversations.get(notifier, address)

    @cached_property
    def directory(self) -> Directory:
        """Who people are in a chat, for whom nobody waits."""
        return Directory(transactions=self.transactions, clock=self.clock, people=self.routes.people)

    @cached_property
    def patient_directory(self) -> Directory:
        """The same for the doors, where somebody waits."""
        return replace(self.directory, transactions=self.patient)

    @cached_property
    def identification(self) -> Identification:
        """Who people are, for the pages."""
        return Identification(directory=self.patient_directory)

    @cached_property
    def docspace_accounts(self) -> DocSpaceAccounts:
        connect = partial(self._docspace_calls.connect_for_person, patience=PATIENCE_FOR_ACCOUNTS)
        return DocSpaceAccounts(transactions=self.patient, clock=self.clock, find=AccountSearch(connect))

    @cached_property
    def surroundings(self) -> Surroundings:
        return Surroundings(
            setting=lambda name: self.settings.need(name, "a route's channel needs it"),
            option=self.settings.option,
            acknowledge_link=self._acknowledge_link,
            comment=self._comment,
            conversation=self._conversation,
            directory=self.directory,
        )

    @cached_property
    def notifiers(self) -> dict[str, Notifier]:
        return {name: self._notifier(name) for name in sorted(self.channels)}

    def _notifier(self, name: str) -> Notifier:
        targets = [target for _, target in self.routes.everywhere if target.notifier == name]
        addresses = frozenset(target.address for target in targets)
        try:
            return notifiers.build(name, replace(self.surroundings, addresses=addresses))
        except notifiers.Unusable as error:
            raise UnusableSettings(str(error)) from error

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
            clock=self.clock,
            new_id=new_review_id,
            random=random.random,
        )
        if not self.settings.sweep_minutes:
            built = replace(built, first_look=replace(built.first_look, patience=timedelta()))
        return replace(built, canaries=self.canaries, report=lines.write)

    @cached_property
    def canaries(self) -> Canaries:
        return canary.canaries(self, self.clock)

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
            report=lines.write,
            page_of=self._page_of,
        )

    @cached_property
    def reminders(self) -> Reminders:
        return Reminders(transactions=self.transactions, routes=self.routes, clock=self.clock)

    @cached_property
    def digests(self) -> Digests:
        return Digests(transactions=self.transactions, routes=self.routes)

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

    @cached_property
    def homes(self) -> Callable[[Review], None]:
        """What draws the Homes in Slack anew after an answer, wherever it was given."""
        return homes.told(
            self.settings,
            self.routes,
            self.patient_directory,
            transactions=self.patient,
            clock=self.clock,
            commands=lambda: self.commands,
        )

    def answers(self, answered: Callable[[], None] = lambda: None) -> Answers:
        """Return the use case; `answered` is told of each answer, so that cards are redrawn at once."""
        return Answers(
            transactions=self.patient,
            routes=self.routes,
            clock=self.clock,
            accounts=self.docspace_accounts,
            answered=answered,
            told=self.homes,
            reaching=frozenset(filter(notifiers.reaches_people, self.channels)),
            drawn=self._drawn,
            report=lines.write,
        )

    def _drawn(self, review: Review, place: tuple[str, str]) -> Card:
        """Ask about the place only where something is private: the page alone needs no channel."""
        route = self.routes.named(review.route)
        with self.patient(reading=True) as work:
            drawn = card_of(review, context_of(work, review, route, now=self.clock()))
        card = add_page(drawn, self._page_of)
        return self.delivery.veils.card(card, review, place) if route and route.private else card

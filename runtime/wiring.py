"""Every object is built once, here. Nothing connects before it is used."""

from __future__ import annotations

import json
import random
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

import notifiers
from docspace.client import Client
from docspace.http import Http
from pages.links import Links
from reviews import routes_file
from reviews.answers import Answers
from reviews.delivery import Delivery
from reviews.errors import RoutesInvalid
from reviews.intake import Intake
from runtime import disk
from runtime.allowance import Allowance
from runtime.settings import Settings, UnusableSettings
from store.engine import UnusableAddress, create_engine, create_statement_engine
from store.unit_of_work import UnitOfWork
from webhook.enrich import Enrichment

if TYPE_CHECKING:
    from collections.abc import Callable

    import sqlalchemy as sa

    from reviews.card import Card
    from reviews.ports import Notifier, Transactions
    from reviews.routing import Routes

_SHORT_FORM = '[[route]]\nname = "compliance"\nwatch = {watch}\nowners = {owners}\nnotify = {notify}\n'


def utc_now() -> datetime:
    return datetime.now(UTC)


def new_review_id() -> str:
    """Return an opaque id: nothing about other reviews can be guessed from one."""
    return secrets.token_urlsafe(9)


@dataclass(frozen=True)
class Wiring:
    """The objects of one process, each built when it is first asked for."""

    settings: Settings

    @cached_property
    def engine(self) -> sa.Engine:
        try:
            engine = create_engine(self.settings.database_url.get_secret_value())
        except UnusableAddress as error:
            raise UnusableSettings(str(error)) from error
        if engine.url.get_backend_name() == "sqlite":
            file = Path(engine.url.database or "")
            reason = disk.why_not(file, ephemeral=bool(self.settings.dyno))
            if reason:
                raise UnusableSettings(f"DATABASE_URL: {reason}")
        return engine

    @cached_property
    def transactions(self) -> Transactions:
        return partial(UnitOfWork, self.engine)

    @cached_property
    def one_statement(self) -> Transactions:
        """Units of work of a single statement, for the receiver's one writer."""
        if self.engine.dialect.name == "sqlite":
            return self.transactions
        return partial(UnitOfWork, create_statement_engine(self.engine))

    @cached_property
    def routes(self) -> Routes:
        source, text = self.routes_text()
        try:
            return routes_file.parse(text, notifiers=notifiers.examples())
        except RoutesInvalid as error:
            raise UnusableSettings(f"{source}: {error}") from error

    def routes_text(self) -> tuple[str, str]:
        """Return where the routes come from, and their text: ROUTES, the file, or the short settings."""
        settings = self.settings
        if settings.routes:
            return "ROUTES", settings.routes
        path = Path(settings.routes_file)
        try:
            return settings.routes_file, path.read_text(encoding="utf-8")
        except FileNotFoundError:
            if "routes_file" in settings.model_fields_set:
                raise UnusableSettings(f"ROUTES_FILE: there is no file {path}") from None
        except (OSError, UnicodeDecodeError) as error:
            raise UnusableSettings(f"ROUTES_FILE: {path} can't be read as text: {error}") from error
        if not settings.compliance_folder_id:
            raise UnusableSettings(
                "no routes: write routes.toml, or set COMPLIANCE_FOLDER_ID and DEPARTMENT_OWNER_EMAIL"
            )
        owner = settings.need("DEPARTMENT_OWNER_EMAIL", "nobody would be asked to review changes")
        lists = {
            "watch": _listed(settings.compliance_folder_id),
            "owners": _listed(owner),
            "notify": _listed(settings.notify or "console"),
        }
        return "the short settings", _SHORT_FORM.format(**lists)

    @cached_property
    def portal(self) -> Enrichment:
        host = self.settings.need(
            "DOCSPACE_API_HOST", "the address of your DocSpace, such as acme.onlyoffice.com"
        )
        key = self.settings.need("DOCSPACE_API_KEY", "make one in DocSpace under Developer tools, API keys")
        allowance = Allowance(self.transactions, utc_now)
        return Enrichment(Client(Http(host, key, allowance.ask)))

    @cached_property
    def links(self) -> Links:
        key = self.settings.need(
            "SECRET_KEY", "it signs the links to the acknowledge page; any long random text"
        )
        return Links(key, self.settings.outside_address)

    @cached_property
    def channels(self) -> frozenset[str]:
        """The channels that the routes use."""
        return frozenset(target.notifier for route in self.routes.all for target in route.notify)

    def _acknowledge_link(self, card: Card) -> str:
        """Ask for the links only when a channel draws one: without the page there need be no key."""
        return self.links.to(card)

    @cached_property
    def notifiers(self) -> dict[str, Notifier]:
        surroundings = notifiers.Surroundings(
            setting=lambda name: self.settings.need(name, "a route's channel needs it"),
            acknowledge_link=self._acknowledge_link,
        )
        return {name: notifiers.build(name, surroundings) for name in sorted(self.channels)}

    @cached_property
    def intake(self) -> Intake:
        return Intake(
            transactions=self.transactions,
            portal=self.portal,
            routes=self.routes,
            clock=utc_now,
            new_id=new_review_id,
            random=random.random,
        )

    @cached_property
    def delivery(self) -> Delivery:
        return Delivery(
            transactions=self.transactions, notifiers=self.notifiers, clock=utc_now, random=random.random
        )

    def answers(self, answered: Callable[[], None] = lambda: None) -> Answers:
        """Return the use case; `answered` is told of each answer, so that cards are redrawn at once."""
        return Answers(transactions=self.transactions, routes=self.routes, clock=utc_now, answered=answered)


def _listed(text: str) -> str:
    """Write a comma-separated setting as a TOML list of strings; JSON's quoting is TOML's."""
    return json.dumps([part.strip() for part in text.split(",") if part.strip()])

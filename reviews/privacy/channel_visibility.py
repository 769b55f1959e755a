"""Who can read along in a place, and what of a private route is shown there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from reviews.errors import FarSideError
from reviews.language import _
from reviews.notice import ABOUT_US, person_of
from reviews.people.answerers import concerns, is_among
from reviews.privacy.redaction import veiled, veiled_line, veiled_notice, veiled_review

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reviews.cards.card import Card
    from reviews.cards.channel import Notifier
    from reviews.clock import Clock
    from reviews.identity import Reviewer
    from reviews.model import Review
    from reviews.notice import Line, Notice
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.routing import Route, Routes

ASKED = "asked"
"""The channel under which `Conversations` keeps the answers."""
FRESH = timedelta(minutes=10)
LONGEST_BELIEVED = timedelta(days=1)
MOST_LOOKED_UP = 50
"""Watched folders of a route, to find the one that a path leads through."""


@dataclass(frozen=True, kw_only=True)
class Publicity:
    """Knows whether a place is public; one of which that can't be told counts as public."""

    transactions: Transactions
    notifiers: Mapping[str, Notifier]
    clock: Clock

    def is_public(self, place: tuple[str, str]) -> bool:
        """Tell by what the far side said lately. While it can't be asked, what it said last is believed."""
        name, target = place
        if person_of(target) is not None:
            return False
        notifier = self.notifiers.get(name)
        if notifier is None:
            return True
        now, address = self.clock(), ":".join(place)
        with self.transactions(reading=True) as work:
            known = work.conversations.get(ASKED, address) or {}
        age = now - datetime.fromisoformat(known["at"]) if known else None
        if age is not None and timedelta() <= age < FRESH:
            return known["public"] != "no"
        try:
            public = notifier.is_public(target)
        except FarSideError:
            believed = age is not None and timedelta() <= age < LONGEST_BELIEVED
            return not (believed and known["public"] == "no")
        said = {"public": "yes" if public else "no", "at": now.isoformat()}
        with self.transactions() as work:
            work.conversations.remember(ASKED, address, said, at=now)
            work.commit()
        return public


@dataclass(frozen=True, kw_only=True)
class Veils:
    """Puts the veil over what a private route shows in a public place."""

    transactions: Transactions
    routes: Routes
    publicity: Publicity

    def card(self, card: Card, review: Review, place: tuple[str, str]) -> Card:
        route = self._private(review.route)
        if route is None or not self.publicity.is_public(place):
            return card
        return veiled(card, self._folder(route, review.path, review.folders))

    def notice(self, notice: Notice, place: tuple[str, str]) -> Notice:
        """Veil a notice; of a digest only the lines of private routes: subscribers see the rest.

        Whoever subscribed further up sees no more of a private route than the public, wherever they are.
        """
        if notice.kind in ABOUT_US:
            return notice
        about = {notice.route, *(line.route for line in notice.lines)}
        if not any(map(self._private, about)):
            return notice
        public = self.publicity.is_public(place)
        if notice.lines:
            lines = tuple(self._line(line, public=public) for line in notice.lines)
            title = _("the folders that this channel subscribes to") if public else notice.title
            return replace(notice, lines=lines, title=title)
        route = self._private(notice.route)
        if route is None or not (public or notice.from_above):
            return notice
        return veiled_notice(notice, self._folder(route, notice.path))

    def _line(self, line: Line, *, public: bool) -> Line:
        route = self._private(line.route)
        if route is None or not (public or line.from_above):
            return line
        return veiled_line(line, self._folder(route, line.path))

    def _private(self, name: str) -> Route | None:
        route = self.routes.named(name)
        return route if route and route.private else None

    def _folder(self, route: Route, path: str, folders: Sequence[str] = ()) -> str:
        with self.transactions(reading=True) as work:
            return watched_folder(work, route, path, folders)


def watched_folder(work: UnitOfWork, route: Route, path: str, folders: Sequence[str] = ()) -> str:
    """Return what the folder is called that a route watches and that a path leads through.

    `folders` are the ids that belong to the path, where they are known. Where it can't be told, it is what
    the route is called: nothing below a watched folder is ever told. Of very many watched folders only those
    ids tell.
    """
    if len(route.watch) > MOST_LOOKED_UP:
        inner = next((each for each in reversed(folders) if each in route.watched), None)
        return (work.folders.titles([inner]).get(inner) if inner else None) or route.name
    places = [place for folder in route.watch if (place := work.folders.place_before(folder))]
    above = [place for place in places if f"{path} / ".startswith(f"{place.path} / ")]
    found = max(above, key=lambda place: len(place.path), default=None)
    if found is None and len(places) == len(route.watch) == 1:
        found = places[0]
    return found.folders[-1][1] if found else route.name


def seen_by(work: UnitOfWork, review: Review, *, route: Route | None, people: Sequence[Reviewer]) -> Review:
    """Return the review as it may be shown to one person privately: veiled, unless it is their business.

    `people` is that person under each of their addresses; nobody where it is not known who that is.
    """
    if route is None or not route.private or concerns(work, review, route, people):
        return review
    return veiled_review(review, watched_folder(work, route, review.path, review.folders))


def may_see(work: UnitOfWork, route: Route, *people: Reviewer) -> bool:
    """Tell whether somebody, under any of their addresses, is an owner or deputy of a route."""
    return is_among(work, people, (*route.owners, *route.deputies))

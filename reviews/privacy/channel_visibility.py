"""Who can read along in a place, and what of a private route is shown there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from reviews.errors import RemoteError
from reviews.language import _
from reviews.notice import KINDS_ABOUT_INSTALLATION, parse_person_target
from reviews.people.answerers import is_among, is_any_responsible
from reviews.privacy.redaction import redact_card, redact_line, redact_notice, redact_review

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reviews.cards.card import Card
    from reviews.cards.notifier import Notifier
    from reviews.clock import Clock
    from reviews.identity import Reviewer
    from reviews.model import Review
    from reviews.notice import DigestLine, Notice
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.routing import Route, Routes

VISIBILITY_CHANNEL = "asked"
"""The channel under which `ConversationRepository` keeps the answers."""
VISIBILITY_FRESH_FOR = timedelta(minutes=10)
VISIBILITY_MAX_AGE = timedelta(days=1)
MAX_FOLDERS_LOOKED_UP = 50
"""Watched folders of a route, to find the one that a path leads through."""


@dataclass(frozen=True, kw_only=True)
class ChannelVisibility:
    """Knows whether a place is public; one of which that can't be told counts as public."""

    transactions: Transactions
    notifiers: Mapping[str, Notifier]
    clock: Clock

    def is_public(self, place: tuple[str, str]) -> bool:
        """Tell by what the far side said lately. While it can't be asked, what it said last is believed."""
        name, target = place
        if parse_person_target(target) is not None:
            return False
        notifier = self.notifiers.get(name)
        if notifier is None:
            return True
        now, address = self.clock(), ":".join(place)
        with self.transactions(reading=True) as work:
            known = work.conversations.get(VISIBILITY_CHANNEL, address) or {}
        age = now - datetime.fromisoformat(known["at"]) if known else None
        if age is not None and timedelta() <= age < VISIBILITY_FRESH_FOR:
            return known["public"] != "no"
        try:
            public = notifier.is_public(target)
        except RemoteError:
            believed = age is not None and timedelta() <= age < VISIBILITY_MAX_AGE
            return not (believed and known["public"] == "no")
        said = {"public": "yes" if public else "no", "at": now.isoformat()}
        with self.transactions() as work:
            work.conversations.remember(VISIBILITY_CHANNEL, address, said, at=now)
            work.commit()
        return public


@dataclass(frozen=True, kw_only=True)
class Redactor:
    """Puts the veil over what a private route shows in a public place."""

    transactions: Transactions
    routes: Routes
    publicity: ChannelVisibility

    def redact_card(self, card: Card, review: Review, place: tuple[str, str]) -> Card:
        route = self._find_private_route(review.route)
        if route is None or not self.publicity.is_public(place):
            return card
        return redact_card(card, self._name_folder(route, review.path, review.folders))

    def redact_notice(self, notice: Notice, place: tuple[str, str]) -> Notice:
        """Veil a notice; of a digest only the lines of private routes: subscribers see the rest.

        Whoever subscribed further up sees no more of a private route than the public, wherever they are.
        """
        if notice.kind in KINDS_ABOUT_INSTALLATION:
            return notice
        about = {notice.route, *(line.route for line in notice.lines)}
        if not any(map(self._find_private_route, about)):
            return notice
        public = self.publicity.is_public(place)
        if notice.lines:
            lines = tuple(self._redact_line(line, public=public) for line in notice.lines)
            title = _("the folders that this channel subscribes to") if public else notice.title
            return replace(notice, lines=lines, title=title)
        route = self._find_private_route(notice.route)
        if route is None or not (public or notice.from_above):
            return notice
        return redact_notice(notice, self._name_folder(route, notice.path))

    def _redact_line(self, line: DigestLine, *, public: bool) -> DigestLine:
        route = self._find_private_route(line.route)
        if route is None or not (public or line.from_above):
            return line
        return redact_line(line, self._name_folder(route, line.path))

    def _find_private_route(self, name: str) -> Route | None:
        route = self.routes.find_route(name)
        return route if route and route.private else None

    def _name_folder(self, route: Route, path: str, folders: Sequence[str] = ()) -> str:
        with self.transactions(reading=True) as work:
            return name_watched_folder(work, route, path, folders)


def name_watched_folder(work: UnitOfWork, route: Route, path: str, folders: Sequence[str] = ()) -> str:
    """Return what the folder is called that a route watches and that a path leads through.

    `folders` are the ids that belong to the path, where they are known. Where it can't be told, it is what
    the route is called: nothing below a watched folder is ever told. Of very many watched folders only those
    ids tell.
    """
    if len(route.watch) > MAX_FOLDERS_LOOKED_UP:
        inner = next((each for each in reversed(folders) if each in route.watched), None)
        return (work.folders.get_titles([inner]).get(inner) if inner else None) or route.name
    places = [place for folder in route.watch if (place := work.folders.place_before(folder))]
    above = [place for place in places if f"{path} / ".startswith(f"{place.path} / ")]
    found = max(above, key=lambda place: len(place.path), default=None)
    if found is None and len(places) == len(route.watch) == 1:
        found = places[0]
    return found.folders[-1][1] if found else route.name


def redact_for_reader(
    work: UnitOfWork, review: Review, *, route: Route | None, people: Sequence[Reviewer]
) -> Review:
    """Return the review as it may be shown to one person privately: veiled, unless it is their business.

    `people` is that person under each of their addresses; nobody where it is not known who that is.
    """
    if route is None or not route.private or is_any_responsible(work, review, route, people):
        return review
    return redact_review(review, name_watched_folder(work, route, review.path, review.folders))


def is_owner_or_deputy(work: UnitOfWork, route: Route, *people: Reviewer) -> bool:
    """Tell whether somebody, under any of their addresses, is an owner or deputy of a route."""
    return is_among(work, people, (*route.owners, *route.deputies))

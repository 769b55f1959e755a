"""Channel visibility: who can read a channel, and what of a private route is shown there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from reviews.campaign_notices import CampaignNotice
from reviews.digest_notices import DigestNotice
from reviews.errors import RemoteError
from reviews.language import _
from reviews.notice import ChangeNotice, DocumentNotice, ReminderListNotice, parse_person_target
from reviews.people.answerers import is_among
from reviews.privacy.redaction import (
    redact_campaign,
    redact_card,
    redact_line,
    redact_notice,
    redact_reminder_line,
    redact_review,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reviews.absences.authority import Authority
    from reviews.cards.card import Card
    from reviews.cards.notifier import Notifier
    from reviews.clock import Clock
    from reviews.digest_notices import DigestLine
    from reviews.identity import ProvenPerson
    from reviews.model import Review
    from reviews.notice import Notice, ReminderLine
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.route import Route, Routes

VISIBILITY_CHANNEL = "asked"
"""The channel name under which `ConversationRepository` stores the answers."""
VISIBILITY_QUERY_INTERVAL = timedelta(minutes=10)
VISIBILITY_MAX_AGE = timedelta(days=1)
MAX_FOLDERS_LOOKED_UP = 50
"""How many watched folders of a route are compared with a path to find the one that contains it."""


@dataclass(frozen=True, kw_only=True)
class ChannelVisibility:
    """Determines whether a place is public; where that is unknown, it counts as public."""

    transactions: Transactions
    notifiers: Mapping[str, Notifier]
    clock: Clock

    def is_public(self, place: tuple[str, str]) -> bool:
        """Return whether a place is public, by a recent answer of the remote service.

        While the service can't be queried, its last answer is used.
        """
        name, target = place
        if parse_person_target(target) is not None:
            return False
        notifier = self.notifiers.get(name)
        if notifier is None:
            return True
        now, address = self.clock(), ":".join(place)
        with self.transactions(reading=True) as work:
            cached = work.conversations.get(VISIBILITY_CHANNEL, address) or {}
        age = now - datetime.fromisoformat(cached["at"]) if cached else None
        if age is not None and timedelta() <= age < VISIBILITY_QUERY_INTERVAL:
            return cached["public"] != "no"
        try:
            public = notifier.is_public(target)
        except RemoteError:
            is_usable = age is not None and timedelta() <= age < VISIBILITY_MAX_AGE
            return not (is_usable and cached["public"] == "no")
        answer = {"public": "yes" if public else "no", "at": now.isoformat()}
        with self.transactions() as work:
            work.conversations.remember(VISIBILITY_CHANNEL, address, answer, at=now)
            work.commit()
        return public


@dataclass(frozen=True, kw_only=True)
class Redactor:
    """Redacts what a private route shows in a public place."""

    transactions: Transactions
    routes: Routes
    visibility: ChannelVisibility

    def redact_card(self, card: Card, review: Review, place: tuple[str, str]) -> Card:
        route = self.routes.find_private(review.route, stored=review.private)
        if route is None or not self.visibility.is_public(place):
            return card
        return redact_card(card, self._name_folder(route, review.path, review.folders))

    def redact_notice(self, notice: Notice, place: tuple[str, str]) -> Notice:
        """Redact a notice; in a digest and a list only the lines of private routes, since all see the rest.

        People who subscribed further up see no more of a private route than the public, wherever they are.
        """
        match notice:
            case DigestNotice():
                return self._redact_digest(notice, place)
            case ReminderListNotice():
                return self._redact_reminders(notice, place)
            case CampaignNotice():
                return self._redact_campaign(notice, place)
            case DocumentNotice():
                return self._redact_document_notice(notice, place)
            case _:
                return notice

    def _redact_digest(self, digest: DigestNotice, place: tuple[str, str]) -> DigestNotice:
        is_private = any(self._find_route(line) for line in digest.lines)
        if not is_private and self.routes.find_private(digest.route, stored=False) is None:
            return digest
        public = self.visibility.is_public(place)
        lines = tuple(self._redact_line(line, public=public) for line in digest.lines)
        title = _("the folders that this channel subscribes to") if public else digest.title
        return replace(digest, lines=lines, title=title)

    def _redact_reminders(self, notice: ReminderListNotice, place: tuple[str, str]) -> ReminderListNotice:
        """Redact lines of private routes, also where a personal list ends up in another route's channel."""
        is_personal = parse_person_target(place[1]) is not None
        if is_personal or not any(self._find_route(line) for line in notice.reminders):
            return notice
        public = self.visibility.is_public(place)
        lines = (self._redact_reminder(line, place, public=public) for line in notice.reminders)
        return replace(notice, reminders=tuple(lines))

    def _redact_reminder(self, line: ReminderLine, place: tuple[str, str], *, public: bool) -> ReminderLine:
        route = self._find_route(line)
        if route is None or not (public or place not in route.places):
            return line
        return redact_reminder_line(line, self._name_folder(route, line.path))

    def _redact_document_notice(self, notice: DocumentNotice, place: tuple[str, str]) -> DocumentNotice:
        route = self._find_route(notice)
        subscribed_above = isinstance(notice, ChangeNotice) and notice.subscribed_above
        if route is None or not (self.visibility.is_public(place) or subscribed_above):
            return notice
        return redact_notice(notice, self._name_folder(route, notice.path))

    def _redact_campaign(self, notice: CampaignNotice, place: tuple[str, str]) -> CampaignNotice:
        route = self._find_route(notice)
        if route is None or not self.visibility.is_public(place):
            return notice
        return redact_campaign(notice, self._name_folder(route, notice.path))

    def _redact_line(self, line: DigestLine, *, public: bool) -> DigestLine:
        route = self._find_route(line)
        if route is None or not (public or line.subscribed_above):
            return line
        return redact_line(line, self._name_folder(route, line.path))

    def _find_route(self, item: DocumentNotice | CampaignNotice | DigestLine | ReminderLine) -> Route | None:
        """Return the route by which a notice or line is redacted; `None` if it is not private."""
        return self.routes.find_private(item.route, stored=item.private)

    def _name_folder(self, route: Route, path: str, folders: Sequence[str] = ()) -> str:
        with self.transactions(reading=True) as work:
            return name_watched_folder(work, route, path, folders)


def name_watched_folder(work: UnitOfWork, route: Route, path: str, folders: Sequence[str] = ()) -> str:
    """Return the name of the route's watched folder that contains a path.

    `folders` are the ids that belong to the path, if available. Where the folder can't be determined, the
    result is the route's name: no folder below a watched one is ever named. For a route with very many
    watched folders only those ids are used.
    """
    if len(route.watch) > MAX_FOLDERS_LOOKED_UP:
        inner = next((folder_id for folder_id in reversed(folders) if folder_id in route.watched), None)
        return (work.folders.get_titles([inner]).get(inner) if inner else None) or route.name
    places = [place for folder in route.watch if (place := work.folders.get_place_before(folder))]
    matching = [place for place in places if f"{path} / ".startswith(f"{place.path} / ")]
    closest = max(matching, key=lambda place: len(place.path), default=None)
    if closest is None and len(places) == len(route.watch) == 1:
        closest = places[0]
    return closest.folders[-1][1] if closest else route.name


def redact_for_reader(authority: Authority, reader: ProvenPerson) -> Review:
    """Return the review as one person may see it privately: redacted, unless they are responsible for it."""
    review = authority.review
    route = authority.routes.find_private(review.route, stored=review.private)
    if route is None or authority.includes(reader):
        return review
    return redact_review(review, name_watched_folder(authority.work, route, review.path, review.folders))


def is_owner_or_deputy(work: UnitOfWork, route: Route, person: ProvenPerson) -> bool:
    """Return whether a person, under any of their addresses, is an owner or deputy of a route."""
    return is_among(work, person, (*route.owners, *route.deputies))

"""The command by which a channel or a person chooses when they get a digest of reviews."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.digests.digest_routes import find_routes, get_hours, list_routed_digests
from reviews.errors import RefusalReason, Refused
from reviews.language import _
from reviews.notice import make_person_target
from reviews.ports.review_digests import CHOSEN, OFF, StoredDigest
from reviews.routes.digest_times import DAY_NAMES, DigestTimes

if TYPE_CHECKING:
    from collections.abc import Collection

    from reviews.clock import Clock
    from reviews.identity import ProvenPerson
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.route import Route, Routes

_Place = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class DigestCommands:
    """Sets, ends and shows the digest of a channel, or of a person in the chat `notifier`.

    `silent` are the channels that post nothing, `direct_message_channels` those that can write to a person. A
    channel that chose nothing gets what its routes say.
    """

    transactions: Transactions
    routes: Routes
    clock: Clock
    direct_message_channels: Collection[str]
    silent: Collection[str] = ()

    def choose(self, times: DigestTimes, place: _Place, *, made_by: str) -> str:
        """Have the digest come at these times from now on, and return a sentence that says so."""
        now = self.clock()
        with self.transactions() as work:
            routes = self._require_routes(work, place)
            hours = get_hours(routes)
            digest = StoredDigest(
                notifier=place[0],
                target=place[1],
                slot=CHOSEN,
                handled_until=times.find_last(now, hours) or now,
                times=str(times),
                next_at=times.find_next(now, hours),
                made_by=made_by,
            )
            work.review_digests.put(digest)
            work.commit()
        return _describe([times], routes)

    def end(self, place: _Place, *, made_by: str) -> str:
        """End the digest, also one that the routes would send, and return a sentence that says so."""
        now = self.clock()
        ended = StoredDigest(
            notifier=place[0], target=place[1], slot=CHOSEN, handled_until=now, times=OFF, made_by=made_by
        )
        with self.transactions() as work:
            if self._list_routed(place):
                work.review_digests.put(ended)
            else:
                work.review_digests.drop(*place, CHOSEN)
            work.commit()
        return _("No digest comes here any more.")

    def show(self, place: _Place, *, example: str) -> str:
        """Return a sentence that says when the digest comes; without one, `example` is how to get it."""
        with self.transactions(reading=True) as work:
            chosen = work.review_digests.get(*place, CHOSEN)
            routes = find_routes(work, self.routes, place)
        if chosen is None:
            times = [times for times, _routes in self._list_routed(place)]
            routes = next((routes for _times, routes in self._list_routed(place)), routes)
        else:
            times = [] if chosen.times == OFF else [DigestTimes.parse(chosen.times)]
        if not times or not routes:
            return _("No digest comes here. To get one: {example}").format(example=example)
        return _describe(times, routes)

    def find_place_of_person(self, notifier: str, person: ProvenPerson) -> _Place:
        """Return the place of a person's own digest, under the address that a route names."""
        if notifier not in self.direct_message_channels:
            raise Refused(
                RefusalReason.NOT_ALLOWED,
                _("No route uses this chat, so I can't send you a digest here."),
            )
        with self.transactions(reading=True) as work:
            places = [(notifier, make_person_target(address)) for address in person.addresses]
            named = (place for place in places if find_routes(work, self.routes, place))
            return next(named, places[0])

    def _list_routed(self, place: _Place) -> list[tuple[DigestTimes, tuple[Route, ...]]]:
        routed = list_routed_digests(self.routes, self.silent)
        return [(each.times, each.routes) for each in routed if (each.notifier, each.target) == place]

    def _require_routes(self, work: UnitOfWork, place: _Place) -> tuple[Route, ...]:
        routes = find_routes(work, self.routes, place)
        if not routes:
            raise Refused(
                RefusalReason.NOT_ALLOWED,
                _("You are no owner or deputy of a route, so there is nothing to put into a digest.")
                if place[1].startswith("@")
                else _("No route notifies this channel, so there is nothing to put into a digest."),
            )
        return routes


def _describe(times: list[DigestTimes], routes: tuple[Route, ...]) -> str:
    zone = get_hours(routes)[0].zone.key
    return " ".join(_describe_times(each).format(time=f"{each.at:%H:%M}", zone=zone) for each in times)


def _describe_times(times: DigestTimes) -> str:
    if times.weekday is None:
        return _("The digest of reviews comes each working day at {time} ({zone}).")
    sentences = {
        "Mon": _("The digest of reviews comes on Mondays at {time} ({zone})."),
        "Tue": _("The digest of reviews comes on Tuesdays at {time} ({zone})."),
        "Wed": _("The digest of reviews comes on Wednesdays at {time} ({zone})."),
        "Thu": _("The digest of reviews comes on Thursdays at {time} ({zone})."),
        "Fri": _("The digest of reviews comes on Fridays at {time} ({zone})."),
        "Sat": _("The digest of reviews comes on Saturdays at {time} ({zone})."),
        "Sun": _("The digest of reviews comes on Sundays at {time} ({zone})."),
    }
    return sentences[DAY_NAMES[times.weekday]]

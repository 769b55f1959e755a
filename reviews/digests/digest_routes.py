"""The routes whose reviews a channel's or a person's digest is about, and the times of the routing file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from reviews.identity import Reviewer
from reviews.notice import parse_person_target
from reviews.people.answerers import is_named_by_entry, list_members
from reviews.routes.working_time import WorkingHours

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from reviews.ports.unit_of_work import UnitOfWork
    from reviews.routes.digest_times import DigestTimes
    from reviews.routes.route import Route, Routes

DEFAULT_WORKING_HOURS = WorkingHours.parse("Mon-Fri 09:00-17:00", ZoneInfo("UTC"))


@dataclass(frozen=True, kw_only=True)
class RoutedDigest:
    """A digest that routes want in a channel: all of those that notify it at the same time, in one zone."""

    notifier: str
    target: str
    times: DigestTimes
    routes: tuple[Route, ...]

    @property
    def slot(self) -> str:
        return f"{self.times} {get_hours(self.routes)[0].zone.key}"


def list_routed_digests(routes: Routes, silent: Collection[str]) -> list[RoutedDigest]:
    """Return the digests of the routing file; `silent` are the channels that post nothing."""
    digests: dict[tuple[str, str, str], RoutedDigest] = {}
    for route in routes.all:
        if route.digest is None:
            continue
        for target in dict.fromkeys(route.notify):
            if target.notifier in silent:
                continue
            new = RoutedDigest(
                notifier=target.notifier, target=target.address, times=route.digest, routes=(route,)
            )
            key = (new.notifier, new.target, new.slot)
            earlier = digests[key].routes if key in digests else ()
            digests[key] = RoutedDigest(
                notifier=new.notifier, target=new.target, times=new.times, routes=(*earlier, route)
            )
    return list(digests.values())


def find_routes(work: UnitOfWork, routes: Routes, place: tuple[str, str]) -> tuple[Route, ...]:
    """Return the routes that notify a channel, or those that name a person as owner or deputy."""
    notifier, target = place
    address = parse_person_target(target)
    if address is not None:
        return tuple(route for route in routes.all if _names_person(work, route, address))
    return tuple(
        route
        for route in routes.all
        if any((each.notifier, each.address) == (notifier, target) for each in route.notify)
    )


def get_hours(routes: Sequence[Route]) -> tuple[WorkingHours, ...]:
    """Return the working hours of routes, of which the first have the zone of their digest."""
    return tuple(route.working_hours or DEFAULT_WORKING_HOURS for route in routes) or (DEFAULT_WORKING_HOURS,)


def _names_person(work: UnitOfWork, route: Route, address: str) -> bool:
    entries = (*route.owners, *route.deputies)
    person, members = Reviewer(name="", email=address), list_members(work, entries)
    return any(is_named_by_entry(person, entry, members) for entry in entries)

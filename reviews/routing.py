"""Who must review what: the ordered rules of `routes.toml`, first match wins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from reviews.model import ChangeKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reviews.model import Place
    from reviews.working_time import WorkingHours

REVIEWED_BY_DEFAULT = frozenset(ChangeKind) - {ChangeKind.METADATA}


class MayAcknowledge(StrEnum):
    OWNERS = "owners"
    CHANNEL = "channel"


class SegregationOfDuties(StrEnum):
    """What happens when a contributor answers for their own change."""

    ENFORCE = "enforce"
    WARN = "warn"
    OFF = "off"


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where a card goes: `slack:C0123456789`, or `console` for a channel that has one place only."""

    notifier: str
    address: str

    @classmethod
    def parse(cls, text: str) -> Target:
        notifier, _, address = text.partition(":")
        return cls(notifier=notifier, address=address)

    def __str__(self) -> str:
        return f"{self.notifier}:{self.address}" if self.address else self.notifier


@dataclass(frozen=True, kw_only=True)
class Route:
    """One rule. Durations are wall-clock time but for `due`, which counts working hours only."""

    name: str
    watch: tuple[str, ...]
    owners: tuple[str, ...]
    notify: tuple[Target, ...]
    deputies: tuple[str, ...] = ()
    review: frozenset[ChangeKind] = REVIEWED_BY_DEFAULT
    quiet_period: timedelta = timedelta(seconds=5)
    max_wait: timedelta = timedelta(minutes=10)
    due: timedelta | None = None
    working_hours: WorkingHours | None = None
    may_acknowledge: MayAcknowledge = MayAcknowledge.OWNERS
    segregation_of_duties: SegregationOfDuties = SegregationOfDuties.ENFORCE

    @property
    def answerable_by(self) -> frozenset[str]:
        """The addresses of those who may answer where only owners and deputies may."""
        return frozenset(address.casefold() for address in (*self.owners, *self.deputies))


class Routes:
    """The rules in their order."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self.all = tuple(routes)

    def match(self, place: Place) -> Route | None:
        """Return the first route that watches any of the folders above the file."""
        return next((route for route in self.all if place.ids.intersection(route.watch)), None)

    def named(self, name: str) -> Route | None:
        return next((route for route in self.all if route.name == name), None)

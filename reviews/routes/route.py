"""Routes: who must review what, as the ordered rules of `routes.toml`; the first match wins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from reviews.kinds import ChangeKind
from reviews.language import DEFAULT_LANGUAGE
from reviews.routes.ladder import DEPUTIES, build_default_ladder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from reviews.identity import LinkedAccounts, Person
    from reviews.model import Review
    from reviews.routes.calendar_address import CalendarAddress
    from reviews.routes.digest_times import DigestTimes
    from reviews.routes.ladder import LadderStep
    from reviews.routes.working_time import WorkingHours
    from reviews.tree import Place

REVIEWABLE_KINDS = frozenset(ChangeKind) - {ChangeKind.BULK, ChangeKind.CAMPAIGN}
DEFAULT_REVIEWED_KINDS = REVIEWABLE_KINDS - {ChangeKind.METADATA}
_UTC = ZoneInfo("UTC")
OPERATORS_ROUTE = "operators"
"""The name of the route that receives alarms about this installation, and has no files."""


class MayAcknowledge(StrEnum):
    OWNERS = "owners"
    CHANNEL = "channel"


class SegregationOfDuties(StrEnum):
    """What happens when a contributor answers for their own change."""

    ENFORCE = "enforce"
    WARN = "warn"
    OFF = "off"


class ThreadVisibility(StrEnum):
    """Whether messages in a card's thread are for those who follow it, or for the channel as well."""

    QUIET = "quiet"
    BROADCAST = "broadcast"


class PageIdentity(StrEnum):
    """What a person must prove on the acknowledge page: who they are, or only that they have the link."""

    PROVEN = "proven"
    LINK = "link"


class ShowChanges(StrEnum):
    """Whether a review says what changed in its document."""

    OFF = "off"
    ASK = "ask"
    """How much changed stands on the card, the differences themselves on its page."""
    CARD = "card"
    """The most important differences stand on the card too, for everyone who sees it."""


class Unchanged(StrEnum):
    """What happens where a document is proven to be the one that was acknowledged."""

    ASK = "ask"
    CARRY = "carry"
    """The acknowledgement still counts, and no one is asked again."""


class CheckpointFrequency(StrEnum):
    """How often a checkpoint of the ledger is posted to the channels."""

    OFF = "off"
    DAILY = "daily"


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
class AddressForm:
    """The form of a channel's addresses: a whole target as an example, and why a text is no address."""

    example: str
    find_problem: Callable[[str], str | None]


@dataclass(frozen=True, kw_only=True)
class Route:
    """One rule. Durations are wall-clock time, except `due`, which counts working hours only."""

    name: str
    watch: tuple[str, ...]
    owners: tuple[str, ...]
    notify: tuple[Target, ...]
    deputies: tuple[str, ...] = ()
    review: frozenset[ChangeKind] = DEFAULT_REVIEWED_KINDS
    quiet_period: timedelta = timedelta(seconds=5)
    max_wait: timedelta = timedelta(minutes=10)
    due: timedelta | None = None
    working_hours: WorkingHours | None = None
    may_acknowledge: MayAcknowledge = MayAcknowledge.OWNERS
    guests: bool = False
    """Whether guests and members of other workspaces in the channel may answer too."""
    segregation_of_duties: SegregationOfDuties = SegregationOfDuties.ENFORCE
    identity: PageIdentity = PageIdentity.PROVEN
    required: int | None = 1
    """How many people have to acknowledge a change; `None` means each of the owners."""
    remind: timedelta | None = None
    """Working time between two reminders, where the route has no ladder of its own."""
    ladder: tuple[LadderStep, ...] = ()
    """Its own steps; the last one is a lapse. Empty: the default ladder."""
    urgent: bool = False
    """Whether messages of its ladder are also sent outside working hours."""
    after_request: timedelta | None = None
    """Working time after which contributors are asked again for requested changes."""
    private: bool = False
    legal_hold: bool = False
    """Whether its reviews are not removed, and no one they name is erased."""
    thread: ThreadVisibility = ThreadVisibility.QUIET
    tell_contributors: bool = False
    acknowledge_reaction: str = ""
    canary: timedelta | None = None
    """How often a test is sent to the route's channels; daily means when working time begins."""
    language: str = DEFAULT_LANGUAGE
    bulk: int | None = 25
    """More files than this by one cause are one review; `None` means never."""
    show_changes: ShowChanges = ShowChanges.ASK
    unchanged: Unchanged = Unchanged.ASK
    checkpoint: CheckpointFrequency = CheckpointFrequency.OFF
    digest: DigestTimes | None = None
    """When the channels of `notify` get a digest of the reviews."""
    is_removed: bool = False
    """Whether it only stands for a route that the routing file has no more."""

    def __hash__(self) -> int:
        """Return a hash of the name: a hash of all members would read each watched folder every time."""
        return hash(self.name)

    @cached_property
    def watched(self) -> frozenset[str]:
        """The watched folders as a set, to check a single folder."""
        return frozenset(self.watch)

    @cached_property
    def steps(self) -> tuple[LadderStep, ...]:
        """What happens while a review with a deadline has no answer, in order; the last step is a lapse."""
        return self.ladder or build_default_ladder(urgent=self.urgent)

    @property
    def broadcasts(self) -> bool:
        return self.thread is ThreadVisibility.BROADCAST

    @property
    def groups(self) -> tuple[str, ...]:
        """The user groups among those who may answer."""
        return tuple(dict.fromkeys(entry for entry in (*self.owners, *self.deputies) if is_group(entry)))

    @cached_property
    def ladder_targets(self) -> tuple[Target, ...]:
        """The channels that its ladder escalates to."""
        places = dict.fromkeys(step.place for step in self.ladder if step.place is not None)
        return tuple(Target(notifier=notifier, address=address) for notifier, address in places)

    @cached_property
    def places(self) -> frozenset[tuple[str, str]]:
        """Where its reviews are shown, as (notifier, target)."""
        return frozenset((each.notifier, each.address) for each in (*self.notify, *self.ladder_targets))

    @cached_property
    def ladder_people(self) -> tuple[str, ...]:
        """The addresses and user groups that its ladder escalates to, beside the deputies."""
        people = (step.to for step in self.ladder if step.place is None and step.to not in {"", DEPUTIES})
        return tuple(dict.fromkeys(people))

    @property
    def named_groups(self) -> tuple[str, ...]:
        """The user groups among those who may answer, and those that its ladder escalates to."""
        return tuple(dict.fromkeys((*self.groups, *filter(is_group, self.ladder_people))))

    def count_required(self, contributors: Iterable[Person]) -> int | None:
        """Return how many people have to acknowledge a change by these contributors.

        Where duties are segregated, people who changed a document can't acknowledge it, so no more people can
        be required than remain. The size of a group or a channel is unknown here.
        """
        answerers = (*self.owners, *self.deputies)
        is_unlimited = self.may_acknowledge is MayAcknowledge.CHANNEL or any(map(is_group, answerers))
        if self.required is None or is_unlimited:
            return self.required
        segregated = self.segregation_of_duties is SegregationOfDuties.ENFORCE
        authors = (
            {(contributor.email or "").casefold() for contributor in contributors} if segregated else set()
        )
        return max(1, min(self.required, len(self.answerer_addresses - authors)))

    @property
    def link_suffices(self) -> bool:
        """Whether the holder of the link to the page may answer without proving who they are."""
        return self.identity is PageIdentity.LINK

    @property
    def answerer_addresses(self) -> frozenset[str]:
        """The addresses of those who may answer where only owners and deputies may."""
        return frozenset(address.casefold() for address in (*self.owners, *self.deputies))


def is_group(owner: str) -> bool:
    """Return whether an owner is a user group of the chat, such as `@compliance-team`, not an address."""
    return owner.startswith("@")


@dataclass(frozen=True, kw_only=True)
class Operators:
    """The route for alarms; `backlog` is how long work may wait before it is an alarm."""

    notify: tuple[Target, ...]
    backlog: timedelta = timedelta(minutes=10)
    language: str = DEFAULT_LANGUAGE
    checkpoint: CheckpointFrequency = CheckpointFrequency.OFF
    name = OPERATORS_ROUTE
    watch = ()


class Routes:
    """The rules in their order, and the people that the file names, by casefolded address.

    `operators` receive alarms and are separate: no files belong to them. `calendar` says who is away.
    """

    def __init__(
        self,
        routes: Iterable[Route],
        people: Mapping[str, LinkedAccounts] | None = None,
        operators: Operators | None = None,
        calendar: CalendarAddress | None = None,
    ) -> None:
        self.all = tuple(routes)
        self.people = dict(people or {})
        self.operators = operators
        self.calendar = calendar
        self._by_name = {route.name: route for route in reversed(self.all)}
        # Built once, so that no change costs more where 100,000 folders are watched.
        self.positions: Mapping[str, int] = {
            folder: number for number in range(len(self.all) - 1, -1, -1) for folder in self.all[number].watch
        }
        """The number of the first route that watches a folder, by the folder's id."""

    @cached_property
    def watched(self) -> tuple[str, ...]:
        """The watched folders, each once, in the order of the routes."""
        return tuple(dict.fromkeys(folder for route in self.all for folder in route.watch))

    def match(self, place: Place) -> Route | None:
        """Return the first route that watches any of the folders above the file."""
        return self.match_folders(place.folder_ids)

    def match_folders(self, folders: Iterable[str]) -> Route | None:
        """Return the first route that watches any of these folders."""
        first = min((self.positions[folder] for folder in folders if folder in self.positions), default=None)
        return None if first is None else self.all[first]

    def is_watched(self, folder_id: str) -> bool:
        """Return whether any route watches this very folder."""
        return folder_id in self.positions

    def find_visible_path(self, place: Place | None, *, route: Route) -> str | None:
        """Return the path of a place if the readers of a route may see it.

        They may where the place is on the same route, or on one that is not private. A folder that is not
        watched is never shown.
        """
        return place.path if place and self.may_know(place, route=route) else None

    def may_know(self, place: Place | None, *, route: Route) -> bool:
        """Return whether the readers of a route may know of a place, and the titles there."""
        owner = self.match(place) if place else None
        return owner is not None and (owner == route or not owner.private)

    @property
    def all_targets(self) -> tuple[tuple[str, Target], ...]:
        """All targets, each with the name of its route: of cards, of ladders, and of alarms."""
        of_ladders = ((route.name, target) for route in self.all for target in route.ladder_targets)
        return tuple(dict.fromkeys((*self.notified_targets, *of_ladders)))

    @property
    def notified_targets(self) -> tuple[tuple[str, Target], ...]:
        """The targets of `notify`, each with the name of its route, including the operators'."""
        rules = (*self.all, *((self.operators,) if self.operators else ()))
        return tuple((rule.name, target) for rule in rules for target in rule.notify)

    @cached_property
    def addresses(self) -> frozenset[str]:
        """The addresses of all people that the routing file names, in lower case."""
        entries = (
            entry for route in self.all for entry in (*route.owners, *route.deputies, *route.ladder_people)
        )
        return frozenset(entry.lower() for entry in (*entries, *self.people) if not is_group(entry))

    @cached_property
    def private(self) -> bool:
        """Whether any of the routes is private."""
        return any(route.private for route in self.all)

    @cached_property
    def held(self) -> frozenset[str]:
        """The names of the routes under legal hold."""
        return frozenset(route.name for route in self.all if route.legal_hold)

    @property
    def groups(self) -> tuple[str, ...]:
        """The user groups that any of the routes names, its ladder included."""
        return tuple(dict.fromkeys(name for route in self.all for name in route.named_groups))

    def find_route(self, name: str) -> Route | None:
        """Return the route of a review or a notice; `None` where the file has none of that name any more.

        While any route is private, a renamed or removed one counts as private too: what was hidden from a
        channel must not be shown there because of another name.
        """
        route = self._by_name.get(name)
        return _build_removed(name) if route is None and name and self.private else route

    def find_private(self, name: str, *, stored: bool) -> Route | None:
        """Return the route by which something is redacted; `None` if it is not private.

        It is private if its route is now, or if it was `stored` as private: what was hidden when it happened
        must not be shown by a later change of the routing file.
        """
        route = self.find_route(name)
        if route is None:
            return _build_removed(name) if stored else None
        return route if stored or route.private else None

    def find_language(self, route: str) -> str:
        """Return the language of a route's posts."""
        if self.operators and route == OPERATORS_ROUTE:
            return self.operators.language
        named_route = self.find_route(route)
        return named_route.language if named_route else DEFAULT_LANGUAGE


def _build_removed(name: str) -> Route:
    return Route(name=name, watch=(), owners=(), notify=(), private=True, is_removed=True)


def is_private(review: Review, route: Route | None) -> bool:
    """Return whether a review is private: its route is, or was when it was opened or revised."""
    return review.private or (route is not None and route.private)


def find_zone(route: Route | None) -> ZoneInfo:
    """Return the zone in which days count on a route; UTC without working hours or without a route."""
    return route.working_hours.zone if route and route.working_hours else _UTC

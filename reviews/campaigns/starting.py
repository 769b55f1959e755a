"""Start and end of campaigns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from reviews.campaign import MAX_DURATION, MAX_NAME_LENGTH, MAX_PEOPLE, Campaign, CampaignState
from reviews.campaigns.campaign_access import CampaignAccess
from reviews.campaigns.campaign_lookup import require_campaign, require_visible
from reviews.errors import RefusalReason, Refused
from reviews.language import _
from reviews.ledger import campaign_entries
from reviews.people.answerers import is_among
from reviews.repeated_requests import require_first_request
from reviews.routes.route import find_zone
from reviews.routes.value_parsers import parse_email
from reviews.text import clean_text, is_visible

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reviews.clock import Clock
    from reviews.identity import ProvenPerson
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.route import Route, Routes
    from reviews.tree import Place

_LAST_MINUTE = time(23, 59)
"""Midnight itself would be shown as the next day."""
COMMAND_LINE_TIME = timedelta(minutes=10)
"""How long a command that opens the reviews itself has for it, before a worker does."""


@dataclass(frozen=True, kw_only=True)
class CampaignDraft:
    """What a person asks for: `people` are addresses, `due_on` is the day of the deadline."""

    name: str
    place: Place
    people: tuple[str, ...]
    due_on: date


@dataclass(frozen=True, kw_only=True)
class Campaigns:
    """Starts and ends campaigns. Every refusal is a `Refused` with a sentence for the person who tried.

    `wake` is called when a worker has something to do.
    """

    transactions: Transactions
    routes: Routes
    clock: Clock
    new_id: Callable[[], str]
    wake: Callable[[], None] = lambda: None

    def check(self, draft: CampaignDraft) -> None:
        """Raise `Refused` for a campaign that `start` would refuse to the command line; store nothing."""
        campaign = self._build(draft)
        with self.transactions(reading=True) as work:
            named = work.campaigns.list_named(campaign.name)
        if any(e.route == campaign.route and e.state is not CampaignState.ENDED for e in named):
            raise _refuse_name(campaign.name)

    def start(
        self,
        draft: CampaignDraft,
        *,
        by: ProvenPerson | None,
        opens_itself: bool = False,
        request_name: str = "",
    ) -> Campaign:
        """Store a campaign, which asks no one yet, and return it.

        A worker lists the folder and opens the reviews; with `opens_itself` the caller does it. `by` is the
        person who starts it, `None` for the command line. Raises `RepeatedRequest` for a request from a chat
        that came in before.
        """
        campaign = self._build(draft)
        if by is not None:
            campaign = replace(campaign, started_by=by.aliases[0])
        if opens_itself:
            campaign = replace(campaign, next_at=campaign.started_at + COMMAND_LINE_TIME)
        with (
            self.transactions() as work,
            require_first_request(work, _name_key(request_name), at=campaign.started_at),
        ):
            if by is not None:
                _require_owner(work, self.routes.find_route(campaign.route), by)
            if not work.campaigns.add(campaign):
                raise _refuse_name(campaign.name)
            work.ledger.append(campaign_entries.build_started(campaign, by=by))
            work.commit()
        self.wake()
        return campaign

    def end(self, name: str, *, by: ProvenPerson | None, request_name: str = "") -> Campaign:
        """End a campaign by its id or name: what is open of it is closed by a worker.

        Raises `RepeatedRequest` as `start` does.
        """
        now = self.clock()
        with (
            self.transactions() as work,
            require_first_request(work, _name_key(request_name), at=now),
        ):
            if by is None:
                unlocked = require_campaign(work, name)
            else:
                unlocked = require_visible(work, CampaignAccess.find(work, self.routes, by), name)
            campaign = work.campaigns.get(unlocked.id, lock=True) or unlocked
            if by is not None:
                _require_owner(work, self.routes.find_route(campaign.route), by)
            if campaign.state is CampaignState.ENDED:
                sentence = _("The campaign {name} has ended already.")
                raise Refused(RefusalReason.NOTHING_TO_DO, sentence.format(name=campaign.name))
            ended = end_campaign(work, campaign, by=by, at=now)
            work.commit()
        self.wake()
        return ended

    def _build(self, draft: CampaignDraft) -> Campaign:
        now = self.clock()
        route = self._require_route(draft.place)
        return Campaign(
            id=self.new_id(),
            name=_require_name(draft.name),
            route=route.name,
            folder_id=draft.place.folder_ids[-1],
            path=draft.place.path,
            people=_require_people(draft.people),
            due_at=require_deadline(draft.due_on, route, now),
            started_at=now,
            next_at=now,
            private=route.private,
        )

    def _require_route(self, place: Place) -> Route:
        route = self.routes.match(place)
        if route is None:
            sentence = _("{path} is under no watched folder, so a campaign can't ask for its documents.")
            raise Refused(RefusalReason.NOT_ALLOWED, sentence.format(path=place.path))
        return route


def end_campaign(
    work: UnitOfWork, campaign: Campaign, *, by: ProvenPerson | None, at: datetime, problem: str = ""
) -> Campaign:
    """Store that a campaign, which the transaction has locked, is ended; its reviews are closed later."""
    ended = replace(campaign, state=CampaignState.ENDED, ended_at=at, problem=problem, next_at=at)
    work.campaigns.save(ended)
    work.ledger.append(campaign_entries.build_ended(ended, by=by))
    return ended


def require_deadline(day: date, route: Route, now: datetime) -> datetime:
    """Return the end of a day's working hours, else its last minute; raise `Refused` for no usable day."""
    if day > (now + MAX_DURATION).date():
        sentence = _("The deadline {day} is too far ahead: a campaign takes at most two years.")
        raise Refused(RefusalReason.NO_SUCH_TIME, sentence.format(day=day.isoformat()))
    closes = route.working_hours.find_closing_on(day) if route.working_hours else None
    due_at = (closes or datetime.combine(day, _LAST_MINUTE, find_zone(route))).astimezone(UTC)
    if due_at <= now:
        sentence = _("The deadline {day} is over. Choose a later day.")
        raise Refused(RefusalReason.NO_SUCH_TIME, sentence.format(day=day.isoformat()))
    return due_at


def _name_key(request_name: str) -> str:
    """Return the key of a request, if it has a name; a chat stores the plain name before it answers."""
    return f"campaign:{request_name}" if request_name else ""


def _refuse_name(name: str) -> Refused:
    sentence = _("A campaign with the name {name} has not ended. Choose another name.")
    return Refused(RefusalReason.NOTHING_TO_DO, sentence.format(name=name))


def _require_owner(work: UnitOfWork, route: Route | None, person: ProvenPerson) -> None:
    if route is None or not is_among(work, person, route.owners):
        sentence = _("Only the owners of the folder can start or end a campaign for it.")
        raise Refused(RefusalReason.NOT_ALLOWED, sentence)


def _require_name(text: str) -> str:
    name = clean_text(text)
    if not is_visible(name):
        raise Refused(RefusalReason.NOTE_NEEDED, _("Give the campaign a name, such as “Policies 2026”."))
    if len(name) > MAX_NAME_LENGTH:
        sentence = _("The name has {length} characters; at most {most} fit.")
        raise Refused(RefusalReason.NOTE_TOO_LONG, sentence.format(length=len(name), most=MAX_NAME_LENGTH))
    return name


def _require_people(entries: Sequence[str]) -> tuple[str, ...]:
    people = tuple({entry.strip().casefold(): entry.strip() for entry in entries if entry.strip()}.values())
    if not people:
        raise Refused(RefusalReason.NO_SUCH_PERSON, _("Name the people who have to acknowledge."))
    if len(people) > MAX_PEOPLE:
        sentence = _("{count} people are named; at most {most} can be in one campaign.")
        raise Refused(RefusalReason.NOT_ALLOWED, sentence.format(count=len(people), most=MAX_PEOPLE))
    for entry in people:
        if not _is_address(entry):
            sentence = _("{entry} is no e-mail address. Name each person by their own address.")
            raise Refused(RefusalReason.NO_SUCH_PERSON, sentence.format(entry=clean_text(entry)))
    return people


def _is_address(entry: str) -> bool:
    """Return whether this is an address, without anything that is not shown or can't be stored."""
    try:
        return parse_email(entry) == clean_text(entry) and entry.isprintable()
    except ValueError:
        return False

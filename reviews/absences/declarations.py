"""Declaring that one is away, changing or cancelling it, and coming back: in every chat and on the page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.absences import wording
from reviews.absences.intervals import Span, find_return, list_stretches
from reviews.absences.open_reviews import MAX_COUNTED_REVIEWS, Duties
from reviews.absences.planned_absences import DECLARED_SOURCES, describe_planned, require_cancelled
from reviews.absences.replies import AbsenceReply, AbsenceState
from reviews.absences.stand_in_choice import StandInChoice
from reviews.errors import RefusalReason, Refused
from reviews.identity import ProvenPerson, join_addresses
from reviews.language import _
from reviews.people.docspace_accounts import DocSpaceUnavailable
from reviews.ports.absences import Absence
from reviews.repeated_requests import mark_undecided, require_first_request
from reviews.routes.route import find_zone

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from reviews.absences.planned_absences import Cancellation, Cancelled
    from reviews.clock import Clock
    from reviews.people.docspace_accounts import AccountLookup
    from reviews.ports.absences import AbsenceSource
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.route import Routes

MAX_ABSENCE = timedelta(days=366)
"""How far ahead an absence may begin, and how long it may last."""
MAX_ABSENCES = 50
"""How many a person may declare that have not ended."""


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """What a person says: away from `starts_at`, or from now on, until `ends_at`.

    `stand_in` is a person whom the chat has proven, or an address or name that was typed.
    """

    person: ProvenPerson
    ends_at: datetime
    source: AbsenceSource
    starts_at: datetime | None = None
    stand_in: ProvenPerson | str | None = None
    request_name: str = ""
    """The name of the request, as in `reviews.repeated_requests`; empty on a page."""


@dataclass(frozen=True, kw_only=True)
class AbsenceDeclarations:
    """What people say about their absences. Every refusal is a `Refused` with a sentence.

    A person's absences are intervals: declaring adds one, coming back and cancelling take time away, and
    nothing else makes one shorter. Each is a row; its `check_at` says when the reviews of the person are gone
    through. A person is one person under all their addresses.
    """

    transactions: Transactions
    routes: Routes
    clock: Clock
    accounts: AccountLookup

    def find_zone(self, person: ProvenPerson) -> ZoneInfo:
        """Return the zone in which a person names days: that of the first route that names them, else UTC."""
        with self.transactions(reading=True) as work:
            return self._find_zone(work, person)

    def describe(self, person: ProvenPerson) -> AbsenceState:
        """Return whether a person is away now, what is planned, and for whom they stand in."""
        with self.transactions(reading=True) as work:
            return self._describe(work, person, now=self.clock())

    def declare(self, declaration: Declaration) -> AbsenceReply:
        """Store that a person is away, beside what they declared before.

        Raises `RepeatedRequest` for a request that came in before.
        """
        try:
            reply = self.accounts.run_with_lookup(lambda: self._declare(declaration))
        except DocSpaceUnavailable:
            if declaration.request_name:
                name = _name_key(declaration.request_name)
                mark_undecided(self.transactions, name, at=self.clock())
            raise _refuse_unavailable() from None
        return reply

    def end(self, person: ProvenPerson, *, request_name: str = "") -> AbsenceReply:
        """End the absences of a person that are in effect, also those of a calendar; what is planned stays.

        Raises `RepeatedRequest` for a request that came in before.
        """
        with self.transactions() as work:
            now = self.clock()
            with require_first_request(work, _name_key(request_name), at=now):
                work.absences.lock_declarations()
                current = [each for each in self._list_absences(work, person, now) if each.is_in_effect(now)]
                for absence in current:
                    self._change(work, absence, ended_at=now, check_at=now)
                state = self._describe(work, person, now=now)
                work.commit()
        if not current:
            sentence = wording.explain_not_away()
            return AbsenceReply(sentence=sentence, lines=state.duties, planned=state.planned)
        lines = (wording.announce_planned(),) if state.planned else ()
        return AbsenceReply(sentence=wording.welcome_back(), lines=lines, planned=state.planned)

    def cancel(self, cancellation: Cancellation) -> AbsenceReply:
        """Cancel an absence that has not begun, or a time of those declared; one of a calendar is refused.

        Raises `RepeatedRequest` for a request that came in before.
        """
        person = cancellation.person
        with self.transactions() as work:
            now = self.clock()
            with require_first_request(work, _name_key(cancellation.request_name), at=now):
                work.absences.lock_declarations()
                cancelled = require_cancelled(cancellation, self._list_absences(work, person, now), now=now)
                for each in cancelled:
                    self._subtract(work, each, now)
            state = self._describe(work, person, now=now)
            left = self._list_absences(work, person, now)
            zone = self._find_zone(work, person)
            lines = [wording.describe_cancelled(each.span, zone, now=now) for each in cancelled]
            work.commit()
        sentence = wording.confirm_cancellation(
            is_whole=not any(each.rest for each in cancelled),
            is_covered=any(
                list_stretches(left, since=each.span.start, until=each.span.end) for each in cancelled
            ),
        )
        return AbsenceReply(sentence=sentence, lines=tuple(dict.fromkeys(lines)), planned=state.planned)

    def _declare(self, declaration: Declaration) -> AbsenceReply:
        person = declaration.person
        with self.transactions() as work:
            now = self.clock()
            with require_first_request(work, _name_key(declaration.request_name), at=now):
                span = _require_span(declaration, now)
                duties = Duties.find(work, self.routes, person, at=now)
                if not duties.has_any:
                    raise Refused(RefusalReason.NOTHING_TO_DO, wording.explain_no_reviews())
                work.absences.lock_declarations()
                stand_in = self._require_stand_in(work, declaration, span, duties, now)
                absence = self._store(work, declaration, span, duties.address, stand_in, now)
            reply = self._describe_outcome(work, absence, duties, now)
            work.commit()
        return reply

    def _require_stand_in(
        self, work: UnitOfWork, declaration: Declaration, span: Span, duties: Duties, now: datetime
    ) -> str | None:
        if declaration.stand_in is None:
            return None
        choice = StandInChoice(work=work, routes=self.routes, person=declaration.person, now=now)
        stand_in = (
            declaration.stand_in
            if isinstance(declaration.stand_in, ProvenPerson)
            else choice.find(declaration.stand_in)
        )
        address = choice.require_suitable(stand_in, span, routes=duties.list_routes())
        return next((each for each in stand_in.addresses if each.lower() in self.routes.addresses), address)

    def _store(
        self,
        work: UnitOfWork,
        declaration: Declaration,
        span: Span,
        address: str,
        stand_in: str | None,
        now: datetime,
    ) -> Absence:
        """Add the absence, in the row of one that begins with it and ends no later, if there is one.

        Who is away then has their reviews gone through at once: it may be said when another one stands in.
        """
        absences = self._list_absences(work, declaration.person, now)
        declared = [each for each in absences if each.source in DECLARED_SOURCES]
        is_away = any(each.is_in_effect(now) for each in absences)
        absence = Absence(
            person=address,
            starts_at=span.start,
            ends_at=span.end,
            stand_in=stand_in,
            source=declaration.source,
            made_at=now,
            check_at=now if is_away else span.start,
        )
        repeated = [
            each for each in declared if max(each.starts_at, now) == span.start and each.end <= span.end
        ]
        if not repeated:
            if len(declared) >= MAX_ABSENCES:
                raise Refused(RefusalReason.NOTHING_TO_DO, wording.explain_limit(MAX_ABSENCES))
            return work.absences.add(absence)
        first, *others = repeated
        for other in others:
            self._change(work, other, ended_at=now, check_at=now)
        after = replace(absence, id=first.id, starts_at=first.starts_at)
        work.absences.get(first.id, lock=True)
        work.absences.update(after)
        return after

    def _subtract(self, work: UnitOfWork, cancelled: Cancelled, now: datetime) -> None:
        """Store what is left of an absence: in its row, and of two parts the second in a new one."""
        absence = work.absences.get(cancelled.absence.id, lock=True) or cancelled.absence
        if not cancelled.rest:
            self._change(work, absence, ended_at=now, check_at=now)
            return
        first, *others = cancelled.rest
        work.absences.update(replace(first, check_at=now, checked_seq=0))
        for each in others:
            check_at = max(now, each.starts_at)
            work.absences.add(replace(each, id=0, check_at=check_at, checked_seq=0))

    def _change(self, work: UnitOfWork, absence: Absence, *, ended_at: datetime, check_at: datetime) -> None:
        """Store the end of an absence; its reviews are gone through from the first."""
        latest = work.absences.get(absence.id, lock=True) or absence
        work.absences.update(replace(latest, ended_at=ended_at, check_at=check_at, checked_seq=0))

    def _describe_outcome(
        self, work: UnitOfWork, absence: Absence, duties: Duties, now: datetime
    ) -> AbsenceReply:
        zone = self._find_zone(work, duties.person)
        absences = self._list_absences(work, duties.person, now)
        back_at = find_return(absences, max(now, absence.starts_at))
        is_longer = back_at > absence.end
        describe = (
            wording.describe_added if is_longer and absence.starts_at <= now else wording.describe_absence
        )
        sentence = describe(work, absence, zone, now=now)
        lines = []
        if absence.stand_in is None:
            lines = [
                wording.describe_deputies(name, names)
                for name, names in duties.list_deputies(max(now, absence.starts_at))
            ]
        if absence.starts_at <= now:
            count = duties.count_handed_over(now)
            counted = wording.describe_handed_over(
                min(count, MAX_COUNTED_REVIEWS), is_capped=count > MAX_COUNTED_REVIEWS
            )
            lines.insert(0, counted)
        if is_longer:
            rest = list_stretches(absences, since=absence.end, until=back_at)
            lines += [wording.describe_stretch(work, each, zone, now=now) for each in rest]
        return AbsenceReply(sentence=sentence, lines=tuple(lines))

    def _describe(self, work: UnitOfWork, person: ProvenPerson, *, now: datetime) -> AbsenceState:
        zone = self._find_zone(work, person)
        absences = self._list_absences(work, person, now)
        current = list_stretches(absences, since=now, until=find_return(absences, now))
        planned = [each for each in absences if each.starts_at > now]
        return AbsenceState(
            current=wording.describe_stretches(work, current, zone, now=now) if current else "",
            planned=tuple(describe_planned(work, each, absences, zone, now=now) for each in planned),
            duties=tuple(
                wording.describe_stand_in_duty(work, each, zone, now=now)
                for each in self._list_duties(work, person, now)
            ),
        )

    def _list_duties(self, work: UnitOfWork, person: ProvenPerson, now: datetime) -> list[Absence]:
        """Return when the person stands in for someone, the first to begin first."""
        own = self._list_addresses(person)
        absent = {
            frozenset(join_addresses(self.routes.people, [each.person.casefold()]))
            for each in work.absences.list_naming(own, not_ended_by=now)
        }
        own_folded = {address.casefold() for address in own}
        stretches = [
            stretch
            for addresses in absent
            for stretch in list_stretches(
                work.absences.list_of_people(addresses, not_ended_by=now), since=now
            )
            if (stretch.stand_in or "").casefold() in own_folded
        ]
        return sorted(stretches, key=lambda each: (each.starts_at, each.id))

    def _find_zone(self, work: UnitOfWork, person: ProvenPerson) -> ZoneInfo:
        route = next(iter(Duties.list_named_routes(work, self.routes, person)), None)
        return find_zone(route)

    def _list_absences(self, work: UnitOfWork, person: ProvenPerson, now: datetime) -> list[Absence]:
        return work.absences.list_of_people(self._list_addresses(person), not_ended_by=now)

    def _list_addresses(self, person: ProvenPerson) -> tuple[str, ...]:
        return join_addresses(self.routes.people, person.addresses)


def _name_key(request_name: str) -> str:
    """Return the key of a request, if it has a name; a chat stores the plain name before it answers."""
    return f"absence:{request_name}" if request_name else ""


def _require_span(declaration: Declaration, now: datetime) -> Span:
    """Return from when until when, or raise `Refused`."""
    start = max(declaration.starts_at or now, now)
    if declaration.ends_at <= now:
        sentence = _("This time is already over. Name one that is still to come.")
    elif declaration.ends_at <= start:
        sentence = _("An absence ends after it begins. Name a later end.")
    elif start > now + MAX_ABSENCE:
        sentence = _("An absence begins at most {days} days ahead.")
    elif declaration.ends_at > start + MAX_ABSENCE:
        sentence = _("An absence lasts at most {days} days.")
    else:
        return Span(start=start, end=declaration.ends_at)
    raise Refused(RefusalReason.NO_SUCH_TIME, sentence.format(days=MAX_ABSENCE.days))


def _refuse_unavailable() -> Refused:
    sentence = _(
        "Nothing was stored: DocSpace did not answer, so this app can't tell whether your stand-in has an "
        "account there. Try again in a minute."
    )
    return Refused(RefusalReason.UNPROVEN, sentence)

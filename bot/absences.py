"""Absences as commands declare, show and end them, in every chat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.command_hints import EXAMPLES
from bot.command_replies import SentenceReply
from bot.command_requests import (
    AwayRequest,
    BackRequest,
    CancelAbsenceRequest,
    ShowAbsenceRequest,
    Verb,
)
from reviews.absences import wording
from reviews.absences.declarations import Declaration
from reviews.absences.planned_absences import Cancellation
from reviews.absences.replies import AbsenceReply
from reviews.errors import RefusalReason, Refused
from reviews.language import _
from reviews.ports.absences import AbsenceSource
from reviews.repeated_requests import RepeatedRequest, explain_repeat

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.command_requests import AbsenceRequest
    from bot.requester import Requester
    from reviews.absences.declarations import AbsenceDeclarations
    from reviews.absences.planned_absences import PlannedAbsence
    from reviews.identity import ProvenPerson


@dataclass(frozen=True, kw_only=True)
class ChatAbsences:
    """Runner of the commands `away` and `back`."""

    declarations: AbsenceDeclarations

    def carry_out(self, absence_request: AbsenceRequest, requester: Requester) -> SentenceReply:
        """Return the outcome; where others read it, only what was typed before their eyes."""
        person = _identify(requester)
        try:
            match absence_request:
                case AwayRequest():
                    reply = self._declare(absence_request, person, requester)
                case CancelAbsenceRequest():
                    reply = self._cancel(absence_request, person, requester)
                case BackRequest():
                    reply = self.declarations.end(person, request_name=requester.request_name)
                case ShowAbsenceRequest():
                    return self._show(person, requester)
        except RepeatedRequest:
            return SentenceReply(sentence=explain_repeat())
        except Refused as refusal:
            raise _add_example(refusal, requester) from None
        if requester.is_overheard:
            return SentenceReply(sentence=reply.sentence)
        lines = (*reply.lines, *_list_planned(reply.planned, requester))
        return SentenceReply(sentence=reply.sentence, lines=lines)

    def _declare(self, away_request: AwayRequest, person: ProvenPerson, requester: Requester) -> AbsenceReply:
        zone, now = self.declarations.find_zone(person), self.declarations.clock()
        start = away_request.start.resolve(now, zone) if away_request.start else None
        if start is not None and start.astimezone(zone).date() < now.astimezone(zone).date():
            sentence = _("This day is already over. Leave out from if you are away from now on.")
            raise Refused(RefusalReason.NO_SUCH_TIME, sentence)
        declaration = Declaration(
            person=person,
            starts_at=start,
            ends_at=away_request.until.resolve(max(start or now, now), zone),
            stand_in=_resolve_stand_in(away_request, requester),
            source=AbsenceSource.CHAT,
            request_name=requester.request_name,
        )
        return self.declarations.declare(declaration)

    def _cancel(
        self, cancel_request: CancelAbsenceRequest, person: ProvenPerson, requester: Requester
    ) -> AbsenceReply:
        """Cancel a planned absence; where that is refused, show which ones there are."""
        zone, now = self.declarations.find_zone(person), self.declarations.clock()
        cancellation = Cancellation(
            person=person,
            span=cancel_request.at.resolve_span(now, zone) if cancel_request.at else None,
            request_name=requester.request_name,
        )
        try:
            return self.declarations.cancel(cancellation)
        except Refused as refusal:
            state = self.declarations.describe(person)
            lines = (state.current, _explain_ending(requester)) if state.current else ()
            return AbsenceReply(sentence=refusal.sentence, lines=lines, planned=state.planned)

    def _show(self, person: ProvenPerson, requester: Requester) -> SentenceReply:
        """Show whether a person is away, and how to say so."""
        if requester.is_overheard:
            sentence = _("Others read this chat. Ask me about your absence in a private chat.")
            return SentenceReply(sentence=sentence)
        state = self.declarations.describe(person)
        declaring = _("To hand your reviews over: {example}. Add a mention or an address of who stands in.")
        how_to = [declaring.format(example=requester.write_command(EXAMPLES[Verb.AWAY]))]
        if state.current:
            how_to.insert(0, _explain_ending(requester))
        return SentenceReply(
            sentence=state.current or _("You are not away."),
            lines=(*_list_planned(state.planned, requester), *state.duties, *how_to),
        )


def _identify(requester: Requester) -> ProvenPerson:
    try:
        return requester.identify()
    except Refused:
        sentence = _(
            "Your address is not proven here, so this app can't tell whose reviews to hand over. Ask the bot "
            "in a private chat, or use the inbox page."
        )
        raise Refused(RefusalReason.UNPROVEN, sentence) from None


def _list_planned(planned: Iterable[PlannedAbsence], requester: Requester) -> list[str]:
    """Return what is planned, and below each absence how to cancel it."""
    return [line for each in planned for line in (each.sentence, _explain_cancelling(each, requester))]


def _explain_cancelling(planned: PlannedAbsence, requester: Requester) -> str:
    if not planned.is_cancellable:
        return wording.explain_calendar()
    command = requester.write_command(f"{Verb.AWAY} cancel {planned.beginning}")
    return _("To cancel this absence: {command}").format(command=command)


def _explain_ending(requester: Requester) -> str:
    ending = requester.write_command(EXAMPLES[Verb.BACK])
    return _("To end your absence now: {example}").format(example=ending)


def _add_example(refusal: Refused, requester: Requester) -> Refused:
    """Return a refusal; that of a time with a command that works."""
    if refusal.reason is not RefusalReason.NO_SUCH_TIME:
        return refusal
    example = _("For example: {command}").format(command=requester.write_command(EXAMPLES[Verb.AWAY]))
    return Refused(refusal.reason, f"{refusal.sentence} {example}")


def _resolve_stand_in(away_request: AwayRequest, requester: Requester) -> ProvenPerson | str | None:
    reference = away_request.stand_in
    if reference is None:
        return None
    return requester.identify_mention(reference.mention) if reference.mention else reference.name

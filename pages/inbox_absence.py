"""The page on which a person says that they are away, or back, and cancels what is planned."""

from __future__ import annotations

from datetime import date, time
from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from flask import flash, g, get_flashed_messages, make_response, redirect, render_template, request, url_for

from pages.headers import add_safe_headers
from reviews.absences import wording
from reviews.absences.declarations import MAX_ABSENCE, Declaration
from reviews.absences.local_times import FIRST_YEAR, LAST_YEAR, resolve_local_time
from reviews.absences.planned_absences import Cancellation
from reviews.errors import RefusalReason, Refused
from reviews.language import _
from reviews.ports.absences import AbsenceSource
from reviews.text import strip_unstorable

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from flask import Blueprint, Response
    from werkzeug.wrappers import Response as AnyResponse

    from pages.inbox_visit import InboxVisit
    from reviews.absences.replies import AbsenceReply

ENDPOINT, FORM_ENDPOINT = "inbox.absence", "inbox.declare_absence"
END, CANCEL = "end", "cancel"
_NO_ABSENCE = 0
"""The number of none: a form that names no absence is refused as one whose absence is gone."""
MAX_ADDRESS_LENGTH = 254
_MESSAGES = "absence"

log = structlog.get_logger()


def add_absence(blueprint: Blueprint) -> None:
    """Add the page to the blueprint of the inbox, which checks the visitor and the form's token."""

    @blueprint.get("/inbox/away", endpoint="absence")
    def show() -> AnyResponse:
        return draw_absence_page(g.inbox)

    @blueprint.post("/inbox/away", endpoint="declare_absence")
    def declare() -> AnyResponse:
        visit: InboxVisit = g.inbox
        try:
            reply = _apply_form(visit)
        except Refused as refusal:
            log.info("absence_refused", reason=refusal.reason)
            return draw_absence_page(visit, sentence=refusal.sentence, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        for line in (reply.sentence, *reply.lines):
            flash(line, _MESSAGES)
        return add_safe_headers(redirect(url_for(ENDPOINT), HTTPStatus.SEE_OTHER))


def _apply_form(visit: InboxVisit) -> AbsenceReply:
    absences = visit.services.absences
    action = request.form.get("action")
    if action == END:
        return absences.end(visit.person)
    if action == CANCEL:
        absence_id = request.form.get("absence", _NO_ABSENCE, type=int)
        return absences.cancel(Cancellation(person=visit.person, absence_id=absence_id))
    return absences.declare(_read_declaration(visit))


def draw_absence_page(
    visit: InboxVisit, *, sentence: str = "", status: HTTPStatus = HTTPStatus.OK
) -> Response:
    """Draw the page with the form, in which what was typed is kept, and `sentence` above it."""
    absences = visit.services.absences
    zone, now = absences.find_zone(visit.person), absences.clock()
    html = render_template(
        "inbox/absence.html",
        who=visit.person,
        state=absences.describe(visit.person),
        calendar_hint=wording.explain_calendar(),
        messages=get_flashed_messages(category_filter=[_MESSAGES]),
        sentence=sentence,
        form=request.form,
        zone=zone.key,
        today=now.astimezone(zone).date().isoformat(),
        last_day=(now + MAX_ABSENCE).astimezone(zone).date().isoformat(),
        max_address_length=MAX_ADDRESS_LENGTH,
    )
    return add_safe_headers(make_response(html, status))


def _read_declaration(visit: InboxVisit) -> Declaration:
    """Return what the form says; raise `Refused` for what is no day."""
    zone = visit.services.absences.find_zone(visit.person)
    now = visit.services.absences.clock()
    until = _read_day("until", zone)
    if until is None:
        raise Refused(RefusalReason.NO_SUCH_TIME, _("Enter the day on which you are back."))
    start = _read_day("from", zone)
    if start is not None and start.astimezone(zone).date() < now.astimezone(zone).date():
        sentence = _("The first day is already over. Leave it empty if you are away from now on.")
        raise Refused(RefusalReason.NO_SUCH_TIME, sentence)
    return Declaration(
        person=visit.person,
        starts_at=start,
        ends_at=until,
        stand_in=strip_unstorable(request.form.get("stand_in", "")).strip()[:MAX_ADDRESS_LENGTH] or None,
        source=AbsenceSource.PAGE,
    )


def _read_day(name: str, zone: ZoneInfo) -> datetime | None:
    """Return the beginning of the day in a field of the form; `None` where it is empty."""
    typed = request.form.get(name, "").strip()
    if not typed:
        return None
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        day = date.min
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        sentence = _("{text} is not a day. Write it as in {example}.")
        refused_text = repr(typed[:40])
        raise Refused(RefusalReason.NO_SUCH_TIME, sentence.format(text=refused_text, example="2026-12-07"))
    return resolve_local_time(day, time(), zone)

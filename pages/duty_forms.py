"""The forms with which people reassign a review and snooze its reminders, on each page that has them."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog
from flask import request

from reviews.absences.local_times import FIRST_YEAR, LAST_YEAR, resolve_local_time
from reviews.answers.menu import MenuItem
from reviews.cards.card_drawing import draw_card
from reviews.errors import RefusalReason, Refused
from reviews.language import _
from reviews.routes.route import find_zone
from reviews.text import clean_text, strip_unstorable

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from reviews.answers.answers import Answers
    from reviews.answers.duty_choices import DutyChoices
    from reviews.answers.menu import Menu
    from reviews.answers.reassignment import Reassignment
    from reviews.identity import ProvenPerson
    from reviews.model import Review
    from reviews.review_request import ReviewRequest

MAX_ADDRESS_LENGTH = 254
_REASSIGN, _SNOOZE = MenuItem.REASSIGN.value, MenuItem.SNOOZE.value
_MAX_FORM_ID_LENGTH = 64

log = structlog.get_logger()


def is_duty_form() -> bool:
    """Return whether the request brings one of the two forms."""
    return request.method == "POST" and request.form.get("decision") in {_REASSIGN, _SNOOZE}


@dataclass(frozen=True, kw_only=True)
class DutySection:
    """The part of a page with both forms; `action` is the address that takes them."""

    review_id: str
    action: str
    choices: DutyChoices
    max_address_length: int = MAX_ADDRESS_LENGTH

    @property
    def is_open(self) -> bool:
        """Whether the page answers one of the forms, which then is open."""
        return is_duty_form()

    def read_entry(self, field: str) -> str:
        """Return what was entered into a field of the form that the page answers."""
        return request.form.get(field, "") if is_duty_form() else ""

    def generate_form_id(self) -> str:
        """Return the id of one form on one page: by it, a form that is sent twice acts once."""
        return secrets.token_urlsafe(12)


@dataclass(frozen=True, kw_only=True)
class DutyForms:
    """Applies the forms by the use cases of every chat. The page has checked the person and the token."""

    reassignment: Reassignment
    menu: Menu
    answers: Answers

    def find_choices(self, review_request: ReviewRequest) -> DutyChoices | None:
        """Return what the forms offer this person; `None` for one who may neither reassign nor snooze."""
        return self.menu.find_duty_choices(review_request)

    def find_confirmation(self, review_request: ReviewRequest) -> str:
        """Return the confirmation of a form that was sent before, by the same person; empty for a new one.

        It comes first: a person who has passed a review on may not see it any more.
        """
        review = self.reassignment.find_completed(_name_request(review_request))
        return self._confirm(review, review_request.person) if review else ""

    def apply(self, review_request: ReviewRequest) -> str:
        """Do what the form says, and return the confirmation; raise `Refused` with a sentence."""
        review_request = _name_request(review_request)
        review = self.reassignment.check(review_request)
        if request.form.get("decision") == _REASSIGN:
            review = self.reassignment.reassign(review_request, new_owner=_read_address())
        else:
            until = _read_time(find_zone(self.reassignment.routes.find_route(review.route)))
            review = self.reassignment.snooze(review_request, until=until)
        log.info("duty_form_taken", review_id=review.id, identity=review_request.person.identity)
        return self._confirm(review, review_request.person)

    def _confirm(self, review: Review, person: ProvenPerson) -> str:
        title = draw_card(self.answers.redact_for_reader(review, person)).title
        if request.form.get("decision") == _SNOOZE:
            return _("No reminders are sent for {title} until then.").format(title=title)
        typed = request.form.get("person", "")
        name = clean_text(review.last_reassignment.to.name if review.last_reassignment else typed)
        return _("The review of {title} is now assigned to {name}.").format(title=title, name=name)


def _name_request(review_request: ReviewRequest) -> ReviewRequest:
    """Return the request with a name: the same form, filled in alike and sent by the same person, is one.

    A form that is corrected and sent again, as after going back in the browser, is another.
    """
    person = review_request.person
    content = [
        review_request.review_id,
        [*person.addresses, *sorted(person.chat_ids.values())],
        request.form.get("form_id", "")[:_MAX_FORM_ID_LENGTH],
        *(request.form.get(field, "") for field in ("decision", "person", "later", "another_time")),
    ]
    digest = hashlib.sha256(json.dumps(content).encode()).hexdigest()
    return replace(review_request, request_name=f"page:{digest}")


def _read_address() -> str:
    address = strip_unstorable(request.form.get("person", "")).strip()
    if not 0 < len(address) <= MAX_ADDRESS_LENGTH:
        raise Refused(RefusalReason.NO_SUCH_PERSON, _("Give the e-mail address of a person."))
    return address


def _read_time(zone: ZoneInfo) -> datetime:
    """Return the entered time, which is in the route's zone, else the listed one."""
    entered = request.form.get("another_time", "").strip()
    try:
        if not entered:
            return datetime.fromtimestamp(int(request.form.get("later", "")), UTC)
        local = datetime.fromisoformat(entered)
    except (ValueError, OverflowError, OSError):
        raise _refuse_time() from None
    if local.tzinfo is not None or not FIRST_YEAR <= local.year <= LAST_YEAR:
        raise _refuse_time()
    return resolve_local_time(local.date(), local.time(), zone)


def _refuse_time() -> Refused:
    return Refused(RefusalReason.NO_SUCH_TIME, _("Choose a time."))

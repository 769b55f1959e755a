"""Submitted forms: processed before Slack closes the form, so that it can show errors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog

from bot.slack import modals
from bot.slack.meaning_view import read_statement_language
from bot.slack.request_checks import name_request
from notifiers.shared.json_members import get_member, get_text, list_objects
from reviews.answers.answers import make_answer_request
from reviews.cards.card_drawing import draw_card
from reviews.errors import RefusalReason, Refused, RemoteError
from reviews.kinds import Decision
from reviews.language import _
from reviews.repeated_requests import mark_undecided
from reviews.text import clean_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_bolt import Ack, App

    from bot.slack.request_reader import SlackRequestReader
    from reviews.answers.answers import AnswerRequest, Answers
    from reviews.answers.reassignment import Reassignment
    from reviews.review_request import ReviewRequest

log = structlog.get_logger()

_NOTE_REASONS = frozenset({RefusalReason.NOTE_NEEDED, RefusalReason.NOTE_TOO_LONG})
_PERSON_REASONS = frozenset(
    {RefusalReason.NO_SUCH_PERSON, RefusalReason.NOTHING_TO_DO, RefusalReason.OWN_CHANGE}
)
_TIME_REASONS = frozenset({RefusalReason.NO_SUCH_TIME})


@dataclass(frozen=True, kw_only=True)
class _SubmittedForm:
    """A submitted form; `seen_revision` is the revision for which it was opened."""

    review_request: ReviewRequest
    seen_revision: int
    body: dict[str, Any]

    @property
    def note(self) -> str:
        return self.read_value(modals.NOTE_BLOCK, modals.NOTE_ACTION, "value")

    def read_value(self, block: str, action: str, *path: str) -> str:
        return get_text(self.body, "view", "state", "values", block, action, *path)


@dataclass(frozen=True, kw_only=True)
class _Form:
    """How one form is processed.

    `handle` returns the view that replaces it. `block` shows input errors, which are the reasons in
    `correctable_reasons`.
    """

    handle: Callable[[_SubmittedForm], modals.View | None]
    block: str
    correctable_reasons: frozenset[RefusalReason]


class _LookupPending(Exception):
    def __init__(self, user: str) -> None:
        super().__init__(user)
        self.user = user


class Forms:
    """Handler of the forms behind the card's buttons and its menu.

    Slack must know within three seconds whether a form closes, so no one is looked up before that. The sender
    was looked up when the form was opened, and a chosen person when they were chosen. In the rare case that
    one of them is not cached yet, the form stays and asks for a second try.
    """

    def __init__(
        self, answers: Answers, reassignment: Reassignment, request_reader: SlackRequestReader
    ) -> None:
        self._answers = answers
        self._reassignment = reassignment
        self._request_reader = request_reader

    def register(self, bolt: App) -> None:
        """Register the listeners for each form, and for the choice of a person in one."""
        acknowledge = partial(self._answer, Decision.ACKNOWLEDGE)
        request = partial(self._answer, Decision.REQUEST_CHANGES)
        forms = {
            modals.ACKNOWLEDGE: _Form(
                handle=acknowledge, block=modals.NOTE_BLOCK, correctable_reasons=_NOTE_REASONS
            ),
            modals.REQUEST_CHANGES: _Form(
                handle=request, block=modals.NOTE_BLOCK, correctable_reasons=_NOTE_REASONS
            ),
            modals.REASSIGN: _Form(
                handle=self._reassign, block=modals.PERSON_BLOCK, correctable_reasons=_PERSON_REASONS
            ),
            modals.SNOOZE: _Form(
                handle=self._snooze, block=modals.TIME_BLOCK, correctable_reasons=_TIME_REASONS
            ),
        }
        for callback_id, form in forms.items():
            bolt.view(callback_id)(self._build_listener(form))
        bolt.action(modals.PERSON_ACTION)(self.look_up_chosen_person)

    def look_up_chosen_person(self, ack: Ack, body: dict[str, Any]) -> None:
        """Look up a person when they are chosen, so that they are cached when the form is submitted."""
        ack()
        self._look_up(body, get_text(list_objects(body, "actions")[0], "selected_user"))

    def _build_listener(self, form: _Form) -> Callable[..., None]:
        def handle_submission(ack: Ack, body: dict[str, Any]) -> None:
            try:
                next_view = form.handle(self._read(body))
            except Refused as refusal:
                log.info("form_refused", user=get_text(body, "user", "id"), reason=refusal.reason)
                if refusal.reason in form.correctable_reasons:
                    ack(response_action="errors", errors={form.block: refusal.sentence})
                else:
                    ack(response_action="update", view=modals.draw_message(refusal.sentence))
            except _LookupPending as error:
                mark_undecided(self._answers.transactions, name_request(body), at=self._answers.clock())
                ack(response_action="errors", errors={form.block: _ask_to_try_again()})
                self._look_up(body, error.user)
            else:
                ack(response_action="update", view=next_view) if next_view else ack()

        return handle_submission

    def _read(self, body: dict[str, Any]) -> _SubmittedForm:
        submission = self._request_reader.read_submission(body)
        if submission is None:
            raise _LookupPending(get_text(body, "user", "id"))
        review_request, seen_revision = submission
        return _SubmittedForm(review_request=review_request, seen_revision=seen_revision, body=body)

    def _answer(self, decision: Decision, form: _SubmittedForm) -> modals.View | None:
        answer_request = make_answer_request(
            form.review_request,
            revision=form.seen_revision,
            decision=decision,
            language=read_statement_language(form.body),
            note=form.note,
        )
        try:
            self._answers.record_answer(answer_request)
        except Refused as refusal:
            if refusal.reason in _NOTE_REASONS:
                raise
            log.info("form_refused", user=get_text(form.body, "user", "id"), reason=refusal.reason)
            return self._draw_refused_form(answer_request, refusal)
        return None

    def _draw_refused_form(self, answer_request: AnswerRequest, refusal: Refused) -> modals.View:
        """Return the view that replaces a form that can't be sent any more; it contains the typed note.

        On an update, Slack keeps the text of an input with the same ids; else it shows the initial value.
        """
        note = answer_request.note or ""
        if refusal.reason is not RefusalReason.STALE:
            return modals.draw_message(refusal.sentence, note=note)
        review = self._answers.get_review(answer_request.review_id)
        try:
            self._answers.check(replace(answer_request, revision=review.revision))
        except Refused as new_refusal:
            return modals.draw_message(new_refusal.sentence, note=note)
        private, redacted = (
            self._answers.is_private(review),
            self._answers.redact_for_reader(review, answer_request.person),
        )
        view = modals.draw_answer_form(
            answer_request.decision,
            redacted,
            private=private,
            meaning=self._answers.draw_meaning(redacted),
            unsent=modals.UnsentNote(text=note, explanation=refusal.sentence),
        )
        return modals.attach_channel(view, answer_request.place)

    def _reassign(self, form: _SubmittedForm) -> modals.View:
        user = form.read_value(modals.PERSON_BLOCK, modals.PERSON_ACTION, "selected_user")
        if not user:
            raise Refused(RefusalReason.NO_SUCH_PERSON, _("Choose a person."))
        person = self._request_reader.find_chosen_person(form.body, user)
        if person is None:
            raise _LookupPending(user)
        review = self._reassignment.reassign(form.review_request, new_owner=person)
        log.info("review_reassigned", review_id=review.id, identity=form.review_request.person.identity)
        sentence = _("The review of {title} is now assigned to {name}.")
        title = draw_card(self._answers.redact_for_reader(review, form.review_request.person)).title
        return modals.draw_message(sentence.format(title=title, name=clean_text(person.name)))

    def _snooze(self, form: _SubmittedForm) -> modals.View:
        until = _read_chosen_time(form)
        review = self._reassignment.snooze(form.review_request, until=until)
        log.info("reminders_put_off", review_id=review.id, identity=form.review_request.person.identity)
        sentence = _("No reminders are sent for {title} until then.")
        title = draw_card(self._answers.redact_for_reader(review, form.review_request.person)).title
        return modals.draw_message(sentence.format(title=title))

    def _look_up(self, body: dict[str, Any], user: str) -> None:
        """Look up a person in Slack, after the click was acknowledged."""
        try:
            if user == get_text(body, "user", "id"):
                self._request_reader.identify_sender(body)
            else:
                self._request_reader.look_up(body, user)
        except RemoteError as error:
            log.warning("person_not_looked_up", user=user, reason=str(error))


def _read_chosen_time(form: _SubmittedForm) -> datetime:
    """Return the entered time, else the listed choice; raises `Refused` if it is invalid."""
    custom_time = get_member(
        form.body, "view", "state", "values", modals.TIME_BLOCK, modals.TIME_ACTION, "selected_date_time"
    )
    listed_time = form.read_value(modals.LATER_BLOCK, modals.LATER_ACTION, "selected_option", "value")
    try:
        return datetime.fromtimestamp(int(custom_time if custom_time is not None else listed_time), UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        raise Refused(RefusalReason.NO_SUCH_TIME, _("Choose a time.")) from None


def _ask_to_try_again() -> str:
    return _("Slack has not sent this person's details yet. Please click the button again in a moment.")

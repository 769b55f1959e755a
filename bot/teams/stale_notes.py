"""Cards for a click with a note that came too late: the card still contains the note."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from notifiers.teams_bot import actions, menu_card, note_card
from reviews.answers.answers import make_answer_request
from reviews.errors import RefusalReason, Refused, RemoteError
from reviews.kinds import Decision
from reviews.language import _
from reviews.text import strip_unstorable
from reviews.wording.labels import explain_note_visibility

if TYPE_CHECKING:
    from bot.teams.activity import Activity
    from bot.teams.request_reader import TeamsRequestReader
    from reviews.answers.answers import AnswerRequest, Answers

STALE_REASONS = frozenset({RefusalReason.ALREADY_ANSWERED, RefusalReason.STALE})
_DECISIONS = {
    actions.REQUEST_CHANGES: Decision.REQUEST_CHANGES,
    actions.ACKNOWLEDGE_WITH_NOTE: Decision.ACKNOWLEDGE,
}


@dataclass(frozen=True, kw_only=True)
class StaleNotes:
    answers: Answers
    request_reader: TeamsRequestReader

    def draw_card(
        self, activity: Activity, data: object, *, verb: str, refusal: Refused
    ) -> dict[str, Any] | None:
        """Return the card for the person who clicked, with their note; `None` if they wrote none.

        It has the form for the newest revision, if they may answer that.
        """
        note, decision = actions.read_note(data).strip(), _DECISIONS.get(verb)
        if not note or decision is None or refusal.reason not in STALE_REASONS:
            return None
        try:
            review_request, seen_revision = self.request_reader.read_click(activity, data)
        except (RemoteError, Refused):
            return None
        answer_request = make_answer_request(
            review_request, revision=seen_revision, decision=decision, language=None, note=note
        )
        review = self.answers.get_review(review_request.review_id)
        new_refusal = self._check_newest_revision(replace(answer_request, revision=review.revision), refusal)
        redacted = self.answers.redact_for_reader(review, review_request.person)
        list_data = {actions.LIST_KEY: actions.OWN_LIST} if actions.is_in_own_list(data) else {}
        button_data = {**actions.make_click_data(review.id, review.revision), **list_data}
        if new_refusal is not None:
            return note_card.draw_unsent_note(redacted, new_refusal.sentence, note, button_data)
        note_visibility = explain_note_visibility(private=self.answers.is_private(review))
        send = menu_card.make_send_button(decision, button_data)
        return note_card.draw_refilled_form(
            redacted,
            note,
            (refusal.sentence, note_visibility),
            [send, menu_card.make_back_button(button_data)],
            meaning=self.answers.draw_meaning(redacted) if decision is Decision.ACKNOWLEDGE else None,
        )

    def describe_refusal(self, data: object, refusal: Refused) -> str:
        """Return the sentence for a client that shows no private card; it includes the person's note.

        On a private route it does not: others can read it if Teams delivers nothing privately.
        """
        note = actions.read_note(data).strip()
        if not note or refusal.reason not in STALE_REASONS:
            return refusal.sentence
        review = self.answers.get_review(strip_unstorable(actions.read_data(data)[0]))
        if self.answers.is_private(review):
            return refusal.sentence
        return "\n\n".join((refusal.sentence, _("Your text was not sent:"), note))

    def _check_newest_revision(self, answer_request: AnswerRequest, refusal: Refused) -> Refused | None:
        """Return why the newest revision can't be answered either; `None` if it can."""
        if refusal.reason is not RefusalReason.STALE:
            return refusal
        try:
            self.answers.check(answer_request)
        except Refused as new_refusal:
            return new_refusal
        return None

"""What a click with a note turns into that came too late: a card in which the note still stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from notifiers.teams_bot import actions, menu_card
from reviews.answers.answers import attempt_of
from reviews.errors import FarSideError, RefusalReason, Refused
from reviews.kinds import Decision
from reviews.language import _
from reviews.text import storable

if TYPE_CHECKING:
    from bot.teams.activity import Activity
    from bot.teams.wishes import Wishes
    from reviews.answers.answers import Answers, Attempt

REASONS = frozenset({RefusalReason.ALREADY_ANSWERED, RefusalReason.STALE})
_DECISIONS = {
    actions.REQUEST_CHANGES: Decision.REQUEST_CHANGES,
    actions.NOTED: Decision.ACKNOWLEDGE,
}


@dataclass(frozen=True, kw_only=True)
class Overtaken:
    answers: Answers
    wishes: Wishes

    def card(self, activity: Activity, data: object, *, verb: str, refusal: Refused) -> dict[str, Any] | None:
        """Return the card for whoever clicked, with their note; `None` where they wrote none.

        It has the form of the newest revision, if they may answer that.
        """
        note, decision = actions.read_note(data).strip(), _DECISIONS.get(verb)
        if not note or decision is None or refusal.reason not in REASONS:
            return None
        try:
            wish, seen = self.wishes.clicked(activity, data)
        except (FarSideError, Refused):
            return None
        attempt = attempt_of(wish, revision=seen, decision=decision, note=note)
        review = self.answers.look(wish.review_id)
        why_not = self._why_not(replace(attempt, revision=review.revision), refusal)
        shown = self.answers.seen_by(review, wish.aliases)
        seat = {actions.SEAT: actions.MINE} if actions.is_mine(data) else {}
        kept = {**actions.data_of(review.id, review.revision), **seat}
        if why_not is not None:
            return menu_card.unsent(shown, why_not.sentence, note, kept)
        where_to = menu_card.where_to(private=self.answers.is_private(review))
        send = menu_card.send(decision, kept)
        return menu_card.typed_again(shown, note, (refusal.sentence, where_to), [send, menu_card.back(kept)])

    def sentence(self, data: object, refusal: Refused) -> str:
        """Return what is said to somebody whose client draws no card for them alone; their note comes back.

        Not that on a private route: others read along where Teams delivers nothing privately.
        """
        note = actions.read_note(data).strip()
        if not note or refusal.reason not in REASONS:
            return refusal.sentence
        review = self.answers.look(storable(actions.read_data(data)[0]))
        if self.answers.is_private(review):
            return refusal.sentence
        return "\n\n".join((refusal.sentence, _("What you wrote was not sent:"), note))

    def _why_not(self, attempt: Attempt, refusal: Refused) -> Refused | None:
        """Return why the newest revision can't be answered either."""
        if refusal.reason is not RefusalReason.STALE:
            return refusal
        try:
            self.answers.check(attempt)
        except Refused as again:
            return again
        return None

"""Forms as pure functions. Each stores the review and the revision that the person saw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.slack.meaning_view import draw_recorded_facts, draw_statement
from notifiers.shared.card_text import shorten
from notifiers.slack.blocks import make_button_value
from notifiers.slack.elements import make_plain_text
from notifiers.slack.text import fit_text
from reviews.answers.answers import MAX_NOTE_LENGTH
from reviews.cards.card_drawing import draw_card
from reviews.kinds import Decision
from reviews.language import _
from reviews.wording.labels import explain_note_visibility

if TYPE_CHECKING:
    from reviews.answers.menu import Offer
    from reviews.cards.meaning import Meaning
    from reviews.model import Review

ACKNOWLEDGE = "acknowledge_note"
REQUEST_CHANGES = "request_changes_note"
REASSIGN = "reassign_review"
SNOOZE = "snooze_reminders"
NOTE_BLOCK, NOTE_ACTION = "note", "text"
PERSON_BLOCK, PERSON_ACTION = "person", "chosen_person"
LATER_BLOCK, LATER_ACTION = "later", "chosen_time"
TIME_BLOCK, TIME_ACTION = "time", "another_time"
MAX_TITLE_LENGTH = 1000
MAX_SECTION_LENGTH = 3000
MAX_OPTION_LENGTH = 75

View = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class UnsentNote:
    """A note that was typed into a form, and why that can't be sent any more."""

    text: str
    explanation: str


def draw_answer_form(
    decision: Decision,
    review: Review,
    *,
    private: bool,
    meaning: Meaning,
    seen_revision: int | None = None,
    unsent: UnsentNote | None = None,
) -> View:
    """Return the form for an answer with a note; `private` is that of the review's route.

    Above the note is what the answer is recorded with, for an acknowledgement with its statement.
    `unsent` was typed into a form that is stale.
    """
    if decision is Decision.ACKNOWLEDGE:
        callback_id, title = ACKNOWLEDGE, _("Acknowledge review")
        label, example = _("Your note"), _("For example: agreed with the legal department.")
    else:
        callback_id, title = REQUEST_CHANGES, _("Request changes")
        label = _("What has to change?")
        example = _("For example: section 4 still names the old threshold.")
    return _draw_form(
        callback_id,
        title=title,
        submit=title,
        metadata=make_button_value(review.id, review.revision if seen_revision is None else seen_revision),
        blocks=[
            *_draw_sentence(unsent.explanation if unsent else ""),
            _draw_review_section(review),
            *(draw_statement(meaning) if decision is Decision.ACKNOWLEDGE else []),
            *draw_recorded_facts(meaning),
            {
                **_draw_note_input(label, example, unsent.text if unsent else ""),
                "hint": make_plain_text(explain_note_visibility(private=private)),
            },
        ],
    )


def draw_reassign_form(review: Review) -> View:
    """Return the form for choosing a person; they are looked up as soon as they are chosen."""
    explanation = _(
        "The person that you choose becomes responsible for this review. A message is posted in "
        "the card's thread."
    )
    element = {
        "type": "users_select",
        "action_id": PERSON_ACTION,
        "placeholder": make_plain_text(_("Choose a person")),
    }
    person = _draw_input(PERSON_BLOCK, _("Who should review this?"), element)
    return _draw_form(
        REASSIGN,
        title=_("Reassign"),
        submit=_("Reassign"),
        metadata=make_button_value(review.id, review.revision),
        blocks=[_draw_review_section(review, explanation), {**person, "dispatch_action": True}],
    )


def draw_snooze_form(offer: Offer) -> View:
    """Return the form for snoozing reminders."""
    explanation = _("No reminders are sent until then. The due date doesn't change.")
    options = [
        {
            "text": make_plain_text(shorten(later.label, MAX_OPTION_LENGTH)),
            "value": str(int(later.until.timestamp())),
        }
        for later in offer.snooze_options
    ]
    choice = {"type": "radio_buttons", "action_id": LATER_ACTION, "options": options}
    time = {"type": "datetimepicker", "action_id": TIME_ACTION}
    another = _draw_input(TIME_BLOCK, _("Or at another time (overrides the choice above)"), time)
    return _draw_form(
        SNOOZE,
        title=_("Snooze reminders"),
        submit=_("Snooze"),
        metadata=make_button_value(offer.review.id, offer.revision),
        blocks=[
            _draw_review_section(offer.review, explanation),
            _draw_input(LATER_BLOCK, _("Until when?"), {**choice, "initial_option": options[0]}),
            {**another, "optional": True},
        ],
    )


def attach_channel(view: View, place: tuple[str, str] | None) -> View:
    """Return a form or menu that stores the channel of the card from which it was opened.

    The channel comes back with each click and submission, and only an app can set it.
    """
    if place is None:
        return view
    return {**view, "private_metadata": f"{view.get('private_metadata', '')} {place[1]}"}


def read_metadata(text: str) -> tuple[str, str]:
    """Return the value that a form was opened with, and the channel; empty if there is none."""
    value, _space, channel = text.partition(" ")
    return value, channel


def draw_message(sentence: str, *, title: str = "", note: str = "") -> View:
    """Return the view that replaces a finished form; a `note` in it can still be copied."""
    return {
        "type": "modal",
        "title": make_plain_text(title or _("Review")),
        "close": make_plain_text(_("Close")),
        "blocks": [
            *_draw_sentence(sentence),
            *(_draw_sentence(_("Your text was not sent:")) + _draw_sentence(note) if note else []),
        ],
    }


def _draw_form(callback_id: str, *, title: str, submit: str, metadata: str, blocks: list[Any]) -> View:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "private_metadata": metadata,
        "title": make_plain_text(title),
        "submit": make_plain_text(submit),
        "close": make_plain_text(_("Cancel")),
        "blocks": blocks,
    }


def _draw_review_section(review: Review, explanation: str = "") -> dict[str, Any]:
    title = f"*{fit_text(draw_card(review).title, MAX_TITLE_LENGTH)}*"
    text = f"{title}\n{explanation}" if explanation else title
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _draw_sentence(sentence: str) -> list[dict[str, Any]]:
    text = shorten(sentence, MAX_SECTION_LENGTH)
    return [{"type": "section", "text": make_plain_text(text)}] if text else []


def _draw_note_input(label: str, example: str, text: str) -> dict[str, Any]:
    element = {
        "type": "plain_text_input",
        "action_id": NOTE_ACTION,
        "multiline": True,
        "max_length": MAX_NOTE_LENGTH,
        "placeholder": make_plain_text(example),
        **({"initial_value": text[:MAX_NOTE_LENGTH]} if text else {}),
    }
    return _draw_input(NOTE_BLOCK, label, element)


def _draw_input(block_id: str, label: str, element: dict[str, Any]) -> dict[str, Any]:
    return {"type": "input", "block_id": block_id, "label": make_plain_text(label), "element": element}

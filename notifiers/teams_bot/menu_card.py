"""Cards after a click on "More…", shown to one person only, by pure functions (facts on Teams, 2.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notifiers.shared.adaptive_card import MAX_BOTTOM_BUTTONS, SCHEMA, VERSION
from notifiers.shared.card_text import shorten, shorten_name
from notifiers.shared.teams_text import escape_run, write_date
from notifiers.teams_bot import actions
from notifiers.teams_bot.meaning_parts import draw_meaning, draw_meaning_buttons
from reviews.answers.answers import MAX_NOTE_LENGTH
from reviews.answers.menu import MenuItem
from reviews.cards.card_drawing import draw_card
from reviews.cards.card_state import describe_outcome
from reviews.kinds import Decision
from reviews.language import _
from reviews.wording.labels import explain_note_visibility

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviews.answers.menu import HistoryPage, Offer
    from reviews.ledger.history import HistoryStep
    from reviews.model import Review

HISTORY_PAGE_SIZE = 10  # a page
MAX_TITLE_LENGTH = 200
MAX_SENTENCE_LENGTH = 800
MAX_SHOWN_NOTE_LENGTH = 1000
MAX_ADDRESS_LENGTH = 320

Element = dict[str, Any]
Data = dict[str, str]


def draw_menu(offer: Offer, data: Data) -> Element:
    """Return what this person may do now; `data` is what each button sends."""
    why_not = [draw_line(offer.refusal)] if offer.refusal else []
    buttons = [
        _draw_button(item, offer, data) for item in offer.items if item is not MenuItem.REQUEST_CHANGES
    ]
    return draw_menu_card(
        offer.review,
        [draw_line(_describe_state(offer.review)), *why_not],
        [*buttons, *draw_meaning_buttons(offer), make_back_button(data)],
    )


def draw_withdraw_question(review: Review, data: Data) -> Element:
    """Return the second step before an answer is withdrawn."""
    explanation = _("This withdraws your answer and adds an entry to the ledger.")
    yes = actions.make_step_button(_("Withdraw"), actions.WITHDRAW, data) | {"style": "destructive"}
    keep = actions.make_step_button(_("Keep answer"), actions.MORE, data)
    return draw_menu_card(
        review,
        [draw_line(_("Withdraw your answer?"), weight="Bolder"), draw_line(explanation)],
        [yes, keep],
    )


def draw_confirmation(review: Review, sentence: str, data: Data) -> Element:
    """Return the confirmation of what was done, with a button back."""
    return draw_menu_card(review, [draw_line(sentence)], [make_back_button(data)])


def make_send_button(decision: Decision, data: Data) -> Element:
    """Return the button that sends the note of a form with this decision."""
    if decision is Decision.REQUEST_CHANGES:
        return actions.make_step_button(_("Request changes"), actions.REQUEST_CHANGES, data, inputs=True)
    return actions.make_step_button(
        _("Acknowledge review"), actions.ACKNOWLEDGE_WITH_NOTE, actions.add_language(data), inputs=True
    )


def draw_history(pages: HistoryPage, data: Data) -> Element:
    """Return some steps of a review, the oldest first, with buttons to the others."""
    steps = [_draw_step(step) for step in pages.steps]
    page_buttons = draw_page_buttons(
        actions.HISTORY, data, start=pages.start, size=HISTORY_PAGE_SIZE, has_more=pages.has_more
    )
    return draw_menu_card(pages.review, steps, [*page_buttons, make_back_button(data)])


def draw_page_buttons(verb: str, data: Data, *, start: int, size: int, has_more: bool) -> list[Element]:
    """Return the buttons to the pages before and after one that begins with `start`, as far as there are."""
    page_turns = [(_("Earlier"), max(start - size, 0))] if start > 0 else []
    page_turns += [(_("Later"), start + size)] if has_more else []
    return [
        actions.make_step_button(label, verb, {**data, actions.START: str(turned)})
        for label, turned in page_turns
    ]


def _draw_button(item: MenuItem, offer: Offer, data: Data) -> Element:
    match item:
        case MenuItem.ACKNOWLEDGE:
            sends = make_send_button(Decision.ACKNOWLEDGE, data)
            return _draw_form(
                _("Acknowledge with a note"),
                draw_note_input(),
                explain_note_visibility(private=offer.private),
                sends,
                above=draw_meaning(offer.meaning),
            )
        case MenuItem.REASSIGN:
            explanation = _(
                "The person that you choose becomes responsible for this review. A message is posted in "
                "the card's thread."
            )
            sends = actions.make_step_button(_("Reassign"), actions.REASSIGN, data, inputs=True)
            return _draw_form(_("Reassign"), _draw_person_input(), explanation, sends)
        case MenuItem.SNOOZE:
            explanation = _("No reminders are sent until then. The due date doesn't change.")
            sends = actions.make_step_button(_("Snooze"), actions.SNOOZE, data, inputs=True)
            return _draw_form(_("Snooze reminders"), _draw_time_input(offer), explanation, sends)
        case MenuItem.WITHDRAW:
            return actions.make_step_button(_("Withdraw my answer"), actions.ASK_TO_WITHDRAW, data)
        case MenuItem.CHANGES:
            return actions.make_step_button(_("What changed"), actions.CHANGES, data)
        case _:
            return actions.make_step_button(_("Show history"), actions.HISTORY, data)


def _draw_form(
    title: str,
    input_element: Element,
    explanation: str,
    send_button: Element,
    *,
    above: Sequence[Element] = (),
) -> Element:
    body = [*above, input_element, draw_line(explanation, isSubtle=True)]
    card = {"type": "AdaptiveCard", "version": VERSION, "body": body, "actions": [send_button]}
    return {"type": "Action.ShowCard", "title": title, "card": card}


def draw_note_input() -> Element:
    return {
        "type": "Input.Text",
        "id": actions.NOTE,
        "label": _("Your note"),
        "placeholder": _("For example: agreed with the legal department."),
        "isMultiline": True,
        "maxLength": MAX_NOTE_LENGTH,
    }


def _draw_person_input() -> Element:
    """Return the input for an address: one request looks it up, however many people are in the channel."""
    return {
        "type": "Input.Text",
        "id": actions.PERSON_INPUT,
        "label": _("Who should review this? Their e-mail address"),
        "style": "Email",
        "placeholder": "name@company.com",
        "isRequired": True,
        "errorMessage": _("Give the e-mail address of a person."),
        "maxLength": MAX_ADDRESS_LENGTH,
    }


def _draw_time_input(offer: Offer) -> Element:
    choices = [
        {"title": later.label, "value": str(int(later.until.timestamp()))} for later in offer.snooze_options
    ]
    return {
        "type": "Input.ChoiceSet",
        "id": actions.UNTIL_INPUT,
        "label": _("Until when?"),
        "style": "compact",
        "choices": choices,
        "value": choices[0]["value"],
        "isRequired": True,
        "errorMessage": _("Choose a time."),
    }


def make_back_button(data: Data) -> Element:
    return actions.make_step_button(_("Back"), actions.BACK, data)


def _describe_state(review: Review) -> str:
    return describe_outcome(draw_card(review))


def _draw_step(step: HistoryStep) -> Element:
    facts = [
        write_date(step.at) if step.at else _("at an unknown time"),
        *([step.proven] if step.proven else []),
    ]
    until = [draw_subtle_line(_("Until {when}.").format(when=write_date(step.until)))] if step.until else []
    note = shorten("\n".join(step.note), MAX_SHOWN_NOTE_LENGTH).splitlines()
    quoted = [_draw_quote(note)] if note else []
    opened = [draw_subtle_line(step.opened)] if step.opened else []
    items = [draw_line(step.sentence), *until, *quoted, *opened, draw_subtle_line(" · ".join(facts))]
    return {"type": "Container", "separator": True, "items": items}


def _draw_quote(note: list[str]) -> Element:
    return {"type": "Container", "style": "emphasis", "items": [draw_line(each) for each in note]}


def draw_subtle_line(text: str) -> Element:
    """Return our own words with a time in them, which each reader sees in their own zone."""
    return {"type": "TextBlock", "text": text, "wrap": True, "isSubtle": True, "spacing": "None"}


def draw_line(text: str, **properties: Any) -> Element:
    shortened = escape_run(shorten(text, MAX_SENTENCE_LENGTH)) or " "
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": shortened, **properties}]}


def _draw_button_rows(buttons: list[Element]) -> list[Element]:
    """Put buttons into rows: a narrow channel cuts off what does not fit beside the first."""
    pairs = [
        buttons[start : start + MAX_BOTTOM_BUTTONS] for start in range(0, len(buttons), MAX_BOTTOM_BUTTONS)
    ]
    return [{"type": "ActionSet", "actions": pair} for pair in pairs]


def draw_menu_card(review: Review, body: list[Element], buttons: list[Element]) -> Element:
    """Return a card about a review for one person."""
    return draw_private_card(draw_card(review).title, body, buttons)


def draw_private_card(title: str, body: list[Element], buttons: list[Element]) -> Element:
    """Return a card that stands in a message's place for one person, with the title of the document."""
    heading = draw_line(shorten_name(title, MAX_TITLE_LENGTH), weight="Bolder", size="Large")
    privacy = draw_line(_("Only you see this."), isSubtle=True, size="Small")
    return {
        "$schema": SCHEMA,
        "type": "AdaptiveCard",
        "version": VERSION,
        "msteams": {"width": "Full"},
        "body": [privacy, heading, *body, *_draw_button_rows(buttons)],
    }
